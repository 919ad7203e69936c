/** The frame of the panel's page. */

export interface PageParts {
  readonly script: string;
  readonly styles: readonly string[];
  /** What the webview's own resources come from. */
  readonly source: string;
  readonly nonce: string;
  readonly title: string;
}

export function panelHtml({ script, styles, source, nonce, title }: PageParts): string {
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${source}`, `font-src ${source}`, `img-src ${source} data:`].join("; ");
  const links = styles.map((href) => `<link rel="stylesheet" href="${escape(href)}">`).join("\n  ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  ${links}
  <title>${escape(title)}</title>
</head>
<body>
  <div id="root"></div>
  <script nonce="${nonce}" src="${escape(script)}"></script>
</body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
