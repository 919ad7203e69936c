/** The table of what a training takes over, before it begins anew: each row can be declined. */
import * as vscode from "vscode";
import type { WeightMatch } from "../../protocol/index.ts";
import { isTaken } from "../../run/weightMatching.ts";
import { weightRows, weightsSentence, type WeightRow, type WeightRowKind } from "../../run/weightRows.ts";

const headings: Readonly<Record<WeightRowKind, string>> = {
  renamed: "Another name, the same shape",
  transposed: "Rows and columns exchanged, as Hugging Face's Conv1D keeps them",
  resized: "Another size: what both have is kept",
  new: "New",
  gone: "Gone: nothing takes it",
  kept: "Kept",
};

interface Item extends vscode.QuickPickItem {
  /** None of the rows that end the asking. */
  readonly row?: WeightRow;
  readonly isPrefix?: true;
}

export interface WeightsQuestion {
  /** What happens in the end. */
  readonly begin: "Restart" | "Start";
  /** What the names in the file have to begin with; `undefined` where there is none. */
  readonly prefix?: string;
}

const takeOver: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("check"), tooltip: "Take over" };
const beginAnew: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("circle-slash"), tooltip: "Begin anew" };

/**
 * @param match says what becomes of each tensor where these are declined
 * @returns what is declined; `"prefix"` where the user wants another one; `undefined` where nothing is to happen
 */
export function chooseWeights(
  title: string,
  match: (declined: readonly string[]) => readonly WeightMatch[],
  question: WeightsQuestion,
): Promise<readonly string[] | "prefix" | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  let declined: readonly string[] = [];
  pick.title = title;
  pick.placeholder = `Enter on a row takes it over, or not; Enter on ${question.begin} begins`;
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = true;
  pick.keepScrollPosition = true;
  const show = (): void => {
    const active = pick.activeItems[0]?.row?.name;
    pick.items = itemsOf(match(declined), question);
    const same = active === undefined ? undefined : pick.items.find(({ row }) => row?.name === active);
    if (same) pick.activeItems = [same];
  };
  const toggle = ({ matches }: WeightRow): void => {
    if (!canBeTaken(matches)) return;
    const names = new Set(matches.map(({ model, path }) => `${model}.${path}`));
    declined = matches.some(isTaken) ? [...declined, ...names] : declined.filter((name) => !names.has(name));
    show();
  };
  show();
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(({ item: { row } }) => row && toggle(row));
    pick.onDidAccept(() => {
      const [chosen] = pick.activeItems;
      if (chosen?.row) return toggle(chosen.row);
      if (!chosen?.isPrefix && !match(declined).some(isTaken)) return;
      resolve(chosen?.isPrefix ? "prefix" : declined);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function itemsOf(matches: readonly WeightMatch[], { begin: word, prefix }: WeightsQuestion): readonly Item[] {
  const rows = weightRows(matches);
  const icon = word === "Restart" ? "debug-restart" : "play";
  const begin: Item = { label: `$(${icon}) ${word}`, description: weightsSentence(matches), alwaysShow: true };
  const only: Item = { label: "$(filter) Only Names That Begin With…", ...(prefix && { description: prefix }), alwaysShow: true, isPrefix: true };
  return [
    begin,
    ...(prefix === undefined ? [] : [only]),
    ...rows.flatMap((row, i) => [
      ...(row.kind === rows[i - 1]?.kind ? [] : [{ label: headings[row.kind], kind: vscode.QuickPickItemKind.Separator }]),
      itemOf(row),
    ]),
  ];
}

function itemOf(row: WeightRow): Item {
  const { kind, name, tensors, matches } = row;
  const isOn = matches.some(isTaken);
  const icon = kind === "new" ? "add" : kind === "gone" ? "trash" : isOn ? "check" : "circle-slash";
  const description = isOn || !canBeTaken(matches) ? tensors : `${tensors} · begins anew`;
  return { label: `$(${icon}) ${name}`, description, row, ...(canBeTaken(matches) && { buttons: [isOn ? beginAnew : takeOver] }) };
}

function canBeTaken(matches: readonly WeightMatch[]): boolean {
  return matches.some(({ kind }) => kind !== "new" && kind !== "gone");
}
