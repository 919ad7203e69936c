/** A codicon. Decoration only, unless `label` says what it means. */
export function Icon({ name, label, spin, class: extra }: { name: string; label?: string; spin?: boolean; class?: string }) {
  const classes = ["codicon", `codicon-${name}`, spin && "codicon-modifier-spin", extra].filter(Boolean).join(" ");
  return label ? <i class={classes} role="img" aria-label={label} title={label} /> : <i class={classes} aria-hidden="true" />;
}

/** A button that is only an icon; `pressed` makes it a toggle. */
export function IconButton(props: { icon: string; label: string; onClick: () => void; pressed?: boolean; disabled?: boolean; testId?: string }) {
  const { icon, label, onClick, pressed, disabled, testId } = props;
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
      data-testid={testId}
    >
      <Icon name={icon} />
    </button>
  );
}
