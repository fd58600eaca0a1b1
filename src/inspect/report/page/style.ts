// The page's look: plain, legible, made to be printed on A4 and signed.
export const style = `
:root{--ink:#1b2430;--dim:#5c6877;--line:#c9d1db;--pass:#0f7b46;--fail:#b3261e;--review:#9a6200;--soft:#f3f5f8}
*{box-sizing:border-box}
body{font:14px/1.6 "Source Han Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;color:var(--ink);max-width:960px;margin:0 auto;padding:28px 24px 60px;background:#fff}
h1{font-size:30px;text-align:center;margin:60px 0 8px;letter-spacing:.06em;line-height:1.3}h2{font-size:19px;margin:34px 0 12px;padding-bottom:5px;border-bottom:2px solid var(--ink)}h3{font-size:15px;margin:20px 0 8px}h4{font-size:15px;margin:0 0 6px;overflow-wrap:anywhere}
html:lang(en) body{font-family:"Noto Sans","Segoe UI","Helvetica Neue",Arial,"DejaVu Sans","Source Han Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}html:lang(en) .grid thead th{hyphens:auto}html:lang(en) .grid thead th::first-letter{text-transform:uppercase}
code,pre{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",Consolas,monospace}code{overflow-wrap:anywhere;color:#3d4856}small{color:var(--dim);font-size:.86em}a{color:inherit}
p{margin:6px 0;overflow-wrap:anywhere}p.item{padding-left:1.1em;text-indent:-1.1em}p.item::before{content:"•";display:inline-block;width:1.1em;text-indent:0;color:var(--dim)}
p.note,p.under{color:var(--dim);font-size:.9em}p.under{margin-top:4px}.red,p.warning{color:var(--fail)}p.warning{border:1px solid var(--fail);border-radius:4px;padding:8px 12px;font-weight:600}
pre.command{background:var(--soft);border-radius:4px;padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}.grid{table-layout:fixed;margin:8px 0}.grid th,.grid td{border:1px solid var(--line);padding:5px 7px;text-align:left;vertical-align:top;overflow-wrap:anywhere}.grid thead th{background:var(--soft);font-weight:600}
.grid .n{text-align:right;font-variant-numeric:tabular-nums}.grid.small{font-size:.88em}.grid.small th,.grid.small td{padding:3px 5px}
.grid.dense th,.grid.dense td{padding:1px 4px}.grid.dense code{font-size:10px}
.facts th{width:11em;text-align:left;font-weight:400;color:var(--dim);padding:3px 10px 3px 0;vertical-align:top}.facts td{padding:3px 0;overflow-wrap:anywhere}
.badge{display:inline-block;border-radius:3px;padding:0 7px;color:#fff;font-size:.86em;white-space:nowrap;font-weight:400}.badge.pass{background:var(--pass)}.badge.fail{background:var(--fail)}.badge.review{background:var(--review)}
.tally{display:flex;gap:14px;margin:18px 0}.box{flex:1;border:1px solid var(--line);border-left:5px solid;border-radius:4px;padding:6px 16px}.box b{font-size:28px;font-variant-numeric:tabular-nums}.box span{color:var(--dim);margin-left:6px}.box p{margin:0;color:var(--dim)}
.box.pass{border-left-color:var(--pass)}.box.fail{border-left-color:var(--fail)}.box.review{border-left-color:var(--review)}
.cover .number{text-align:right}.cover .number span{display:inline-block;min-width:12em;border-bottom:1px solid var(--ink);text-align:left;padding:0 .4em}.subtitle{text-align:center;font-size:17px;margin-bottom:36px;overflow-wrap:anywhere}.cover .facts{margin:0 auto;max-width:42em}.cover .facts td,.cover .facts th{padding:5px 10px 5px 0}
.signatures{display:grid;grid-template-columns:1fr 1fr;gap:14px;margin-top:36px}.signatures>div{border:1px solid var(--line);padding:10px 14px;min-height:96px;display:flex;flex-direction:column;justify-content:space-between;break-inside:avoid}.signatures .stamp{min-height:150px}.signatures p{margin:0;color:var(--dim)}.day span{display:inline-block;width:9em;border-bottom:1px solid var(--line)}
article{border-top:2px solid var(--line);padding:12px 0 4px;margin:18px 0}.seen{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:16px;margin:6px 0}.seen .facts th{width:6.6em}.pictures{display:grid;grid-template-columns:1fr 1fr;gap:8px;align-content:start}.pictures figure:only-child{grid-column:1/-1}
figure{margin:0}figure img{width:100%;max-height:260px;object-fit:contain;display:block;background:#11161c}figcaption{font-size:11px;color:var(--dim);overflow-wrap:anywhere}.nothing{grid-column:1/-1;margin:0;padding:30px 10px;text-align:center;color:var(--dim);background:var(--soft);border-radius:4px}
svg{width:100%;height:auto;display:block;font-size:11px;fill:var(--ink)}.times svg{max-width:720px}.trend{margin:12px 0}
.sheet{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:10px}.sheet figure{break-inside:avoid;border:1px solid var(--line)}.sheet img{aspect-ratio:16/9;max-height:none}.sheet .nothing{aspect-ratio:16/9;padding:0;display:grid;place-items:center;border-radius:0}.sheet figcaption{padding:4px 6px;color:var(--ink);min-height:5.6em}
@media(max-width:720px){.seen{grid-template-columns:1fr}.tally{flex-direction:column}.grid{display:block;overflow-x:auto;font-size:12px;table-layout:auto}.sheet{grid-template-columns:1fr 1fr}body{padding:20px 12px 40px}h1{font-size:24px}.facts th{width:8em}.cover .number span{min-width:8em}}
@page{size:A4;margin:20mm 16mm 18mm;@top-center{font:9px sans-serif;color:#5c6877}@bottom-center{content:counter(page) " / " counter(pages);font:9px sans-serif;color:#5c6877}}
@page:first{@top-center{content:""}}
@media print{body{padding:0;max-width:none;font-size:11.5px;line-height:1.5}h2,h3,h4{break-after:avoid}h1{margin-top:22mm}h2{font-size:16px;margin-top:22px}h3{font-size:13px}h4{font-size:12.5px}.break{break-after:page}
tr,.seen,.times,.trend,.signatures,p.warning,p.item,.tally{break-inside:avoid}thead{display:table-header-group}.grid thead{break-after:avoid}figure img{max-height:52mm}.badge,.box,.grid thead th,.nothing,pre.command,figure img,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}.seen{grid-template-columns:1fr 1fr}p{orphans:2;widows:2}
.grid.dense code{font-size:7.4px;line-height:1.35}
.sheet{gap:2mm;font-size:8px;line-height:1.35}.sheet figcaption{font-size:8px;padding:1mm 1.5mm;min-height:0;height:18mm;overflow:hidden}.sheet code{font-size:7.5px}}
`.trim()
