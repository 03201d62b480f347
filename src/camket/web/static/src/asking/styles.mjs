// The look of the dialog, in a sheet of its own: it takes the colours of the page where that names them as camket does,
// and the system's where it does not.
const STYLES = `
  :host { display: contents; }
  dialog {
    box-sizing: border-box;
    width: min(560px, calc(100vw - 24px));
    max-height: calc(100dvh - 24px);
    overflow: auto;
    padding: 20px;
    border: 1px solid var(--line, GrayText);
    border-radius: 14px;
    background: var(--sheet, Canvas);
    color: var(--ink, CanvasText);
    font: 16px/1.55 var(--sans, system-ui, sans-serif);
    text-align: start;
  }
  dialog::backdrop { background: rgb(0 0 0 / 0.5); }
  h2 { margin: 12px 0; font-size: 20px; line-height: 1.35; }
  h2:focus { outline: none; }
  p { margin: 0 0 10px; }
  .chip {
    display: inline-block;
    padding: 4px 12px;
    border-radius: 999px;
    font-size: 14px;
    font-weight: 600;
    background: var(--amber-wash, Canvas);
    color: var(--amber, CanvasText);
  }
  .pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; margin-top: 16px; }
  button {
    min-height: 48px;
    padding: 8px;
    border: 1px solid var(--edge, ButtonBorder);
    border-radius: 12px;
    background: var(--sheet, ButtonFace);
    color: var(--ink, ButtonText);
    font: 600 16px/1.3 var(--sans, system-ui, sans-serif);
    cursor: pointer;
  }
  button:focus-visible { outline: 3px solid var(--focus, Highlight); outline-offset: 2px; }
  .later { width: 100%; margin-top: 12px; border-color: transparent; font-weight: 400; color: var(--ink-2, ButtonText); }
`;
let made = null;

export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(STYLES);
  }
  return made;
}
