// The page's look: plain, legible, made to be printed.
export const style = `
:root{--ink:#1b2430;--dim:#5c6877;--line:#d5dbe3;--pass:#0f7b46;--fail:#b3261e;--review:#9a6200;--soft:#f5f7fa}
*{box-sizing:border-box}
body{font:14px/1.55 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;color:var(--ink);max-width:1080px;margin:0 auto;padding:28px 24px 60px;background:#fff}
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 10px;padding-bottom:6px;border-bottom:2px solid var(--ink)}h3{font-size:15px;margin:0 0 4px}
code,pre{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",Consolas,monospace}code{overflow-wrap:anywhere;color:var(--dim)}
.lead{color:var(--dim);margin:0 0 16px}.tally{display:flex;gap:14px}.box{flex:1;border:1px solid var(--line);border-left:5px solid;border-radius:4px;padding:8px 16px}
.box b{font-size:30px;font-variant-numeric:tabular-nums}.box span{color:var(--dim);margin-left:6px}.box p{margin:0;color:var(--dim)}
.box.pass{border-left-color:var(--pass)}.box.fail{border-left-color:var(--fail)}.box.review{border-left-color:var(--review)}
table{border-collapse:collapse;width:100%}.grid th,.grid td{border:1px solid var(--line);padding:5px 8px;text-align:left;vertical-align:top}.grid thead th{background:var(--soft);font-weight:600}
.grid .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.grid tfoot td{border:0;color:var(--dim);font-size:12px}.narrow{width:auto;min-width:520px;margin-top:12px}
.facts th{width:12.5em;text-align:left;font-weight:400;color:var(--dim);padding:3px 8px 3px 0;vertical-align:top}.facts td{padding:3px 0}.two .facts th{width:7em}
.badge{display:inline-block;border-radius:3px;padding:1px 8px;color:#fff;font-size:12px;white-space:nowrap}.badge.pass{background:var(--pass)}.badge.fail{background:var(--fail)}.badge.review{background:var(--review)}
.overview a{color:inherit}small{color:var(--dim)}.how,.limits{background:var(--soft);border-radius:4px;padding:10px 14px}.how code{color:var(--ink)}
article{border:1px solid var(--line);border-radius:6px;padding:14px 16px;margin:16px 0;break-inside:avoid}.reasons{margin:0 0 8px;color:var(--dim)}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.1fr);gap:16px;margin-bottom:10px}.pictures{display:grid;grid-template-columns:1fr 1fr;gap:8px;align-content:start}
figure{margin:0}figure img{width:100%;display:block;border-radius:3px;background:#000}figcaption{font-size:11px;color:var(--dim);overflow-wrap:anywhere}.nothing{grid-column:1/-1;margin:0;padding:36px 10px;text-align:center;color:var(--dim);background:var(--soft);border-radius:4px}
.evidence{margin:8px 0 0;font-size:12px}.rules pre{background:var(--soft);padding:12px;border-radius:4px;white-space:pre-wrap}
@media(max-width:720px){.two{grid-template-columns:1fr}.tally{flex-direction:column}.overview{font-size:12px}.narrow{min-width:0}}
@page{size:A4;margin:14mm 12mm}
@media print{body{padding:0;max-width:none;font-size:11.5px}h2{break-after:avoid}tr,.limits,.how{break-inside:avoid}.badge,.box,.grid thead th{print-color-adjust:exact;-webkit-print-color-adjust:exact}.two{grid-template-columns:1fr 1fr}}
`.trim()
