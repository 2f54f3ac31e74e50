/**
 * Makes the text of a summary the same in every run: what chance and the clock decide gets a value that
 * stands for it. Dates far from now were chosen by the scene, and stay.
 */
export function stable(text: string, nowMs = Date.now()): string {
  const ids = new Map<string, string>();
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, (id) => {
      const known = ids.get(id);
      if (known !== undefined) return known;
      const number = String(ids.size + 1).padStart(2, '0');
      const given = `${number}c5d84e-9aff-4f90-93ef-1762757e0c${number}`;
      ids.set(id, given);
      return given;
    })
    .replace(/\d{4}-\d\d-\d\d(?=(T\d\d:\d\d:\d\dZ|, \d\d:\d\d UTC)?)/gu, (day) =>
      isNear(day, nowMs) ? '2026-12-03' : day,
    )
    .replace(/2026-12-03T\d\d:\d\d:\d\dZ/gu, '2026-12-03T02:10:00Z')
    .replace(/2026-12-03, \d\d:\d\d UTC/gu, '2026-12-03, 02:10 UTC')
    .replace(/until-(\d{4})(\d\d)(\d\d)T\d{4}Z/gu, (all, ...[year, month, day]: string[]) =>
      isNear([year, month, day].join('-'), nowMs) ? 'until-20261203T0210Z' : all,
    )
    .replace(/after \d+\.\d s/gu, 'after 0.4 s');
}

/** Whether a scene's own clock made it: within two months. */
function isNear(day: string, nowMs: number): boolean {
  return Math.abs(Date.parse(day) - nowMs) < 60 * 24 * 60 * 60 * 1000;
}
