// The sheet that lies on top of a package: what it is of, who took it and when, what is in it, and how anyone can prove it. Both languages, no script.
import { showFingerprint } from './signature.ts'
import type { FileKind, PackageManifest } from './manifest.ts'

export const coverName = 'cover.html'

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const kindWords: Readonly<Record<FileKind, readonly [string, string]>> = {
  document: ['文书', 'documents'],
  recording: ['网络录包', 'recordings of the wire'],
  keyframe: ['原始关键帧', 'keyframes as sent'],
  picture: ['图片', 'pictures'],
  verdict: ['单点结论', 'verdicts'],
}

/** `manifest` as far as it is known before the cover itself is in it. */
export function coverPage(manifest: PackageManifest): string {
  const { inspection, check, madeAt, madeBy, installation, software, files, absent } = manifest
  const count = (kind: FileKind): number => files.filter((file) => file.kind === kind).length
  const gone = (because: string): number => absent.filter((file) => file.because === because).length
  const row = (zh: string, en: string, value: string): string => `<tr><th>${zh}<br><small>${en}</small></th><td>${escape(value)}</td></tr>`
  return `<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>${escape(`取证包 ${inspection.id}`)}</title>
<style>body{font:15px/1.5 sans-serif;margin:2em auto;max-width:48em;padding:0 1em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.4em .6em;text-align:left;vertical-align:top}th{width:13em;font-weight:normal;background:#f4f4f4}.mark{border:2px solid #a00;color:#a00;padding:.6em 1em;margin:1em 0}code{word-break:break-all}small{color:#555}</style>
<h1>取证包 <small>Evidence package</small></h1>
<p class="mark">本包由账号 <b>${escape(madeBy)}</b> 于 <b>${escape(madeAt)}</b> 导出，导出已记入审计日志。内含人员影像，仅供核查与申诉使用。<br>
<small>Taken by the account <b>${escape(madeBy)}</b> at <b>${escape(madeAt)}</b>; the audit trail says so. It shows people: for assessment and appeal only.</small></p>
<table>
${row('检查', 'inspection', inspection.id)}
${check === undefined ? '' : row('单个点位', 'one check alone', `n = ${check}`)}
${row('区域', 'area', inspection.area)}
${row('起止', 'from, to', `${inspection.startedAt} – ${inspection.finishedAt}`)}
${row('软件', 'software', software)}
${(Object.keys(kindWords) as readonly FileKind[]).map((kind) => row(kindWords[kind][0], kindWords[kind][1], String(count(kind)))).join('\n')}
${row('按保存规则已删除', 'removed by the rules of keeping', String(gone('removed')))}
${row('未选取', 'not asked for', String(gone('left-out')))}
${row('缺失', 'missing', String(gone('missing')))}
${row('签名公钥指纹 (SHA-256)', 'fingerprint of the signing key', showFingerprint(installation))}
</table>
<h2>如何核验 <small>How to prove it</small></h2>
<p>指纹应与检查报告上印的一致。<small>The fingerprint must be the one that the report prints.</small></p>
<pre>yiji verify PACKAGE.zip --key FINGERPRINT --replay</pre>
<p>不用本软件：<small>Without this software:</small></p>
<pre>openssl pkeyutl -verify -pubin -inkey installation.pem -rawin -in manifest.json -sigfile manifest.json.sig
openssl pkey -pubin -in installation.pem -outform DER | sha256sum
sha256sum FILE   # = manifest.json</pre>
</html>
`
}
