/** Marks a module that shows a sign of trouble, or has one below that does; the row says it in words. */
import { signText, type Sign } from "../../src/run/health/signs.ts";
import { Icon } from "../frame/icon.tsx";
import { looks } from "./healthBar.tsx";

export function HealthSign({ sign }: { sign: Sign | undefined }) {
  if (!sign) return null;
  const isOwn = sign.findings.length > 0;
  return (
    <span class={`health-sign ${sign.severity}${isOwn ? "" : " below"}`} title={signText(sign)} data-testid="health-sign" data-severity={sign.severity}>
      <Icon name={isOwn ? looks[sign.severity].icon : "circle-small-filled"} />
    </span>
  );
}
