// The command line: one table of commands, each in its own file under commands/, loaded only when it is asked for.
import { Command, CommanderError } from 'commander'
import { AppError, type ErrorCode } from './base/index.ts'

/** Errors that mean "used wrongly" (exit 2); every other refusal is "the answer is no" (exit 1). */
const wrongUse: ReadonlySet<ErrorCode> = new Set(['usage.invalid', 'config.invalid', 'draw.invalid', 'scenario.invalid', 'request.invalid'])

const collectCount = (value: string): number => {
  if (!/^\d{1,6}$/.test(value)) throw new AppError('usage.invalid', `"${value}" is not a count`)
  return Number(value)
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const twoPartyHelp = `
Two sides that do not trust each other make the seed together: "yiji inspect --with ACCOUNT" freezes the list and opens a draw, the other side runs
"yiji draw --join DRAW". Each makes a secret half and publishes its SHA-256 first; when both have, both reveal. The seed is the SHA-256 of both halves,
so neither side can choose the cameras. By hand, and why: docs/draw.md.`

/** Builds the program; each action answers with its exit code. Separate from `main` so that tests can run a command line without a process. */
export function program(setExitCode: (code: number) => void): Command {
  const root = new Command('yiji')
    .description('GB/T 28181 video-network registry and live-stream inspection (一机一档)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`yiji: ${text.replace(/^error: /, '')}`) })
    .showHelpAfterError(false)
  const command = (name: string, description: string): Command => root.command(name).description(description).exitOverride()

  command('serve', 'run registrar, relay, registry, inspector, API and console').action(async () => {
    setExitCode(await (await import('./commands/serve.ts')).serve())
  })
  command('demo', 'the main job on a temporary database and a simulated fleet; ends with a report')
    .option('--seed <hex>', 'seed of the draw; made and shown when absent')
    .option('--out <dir>', 'where the report goes', 'out/demo')
    .option('--lang <lang>', 'language of the report: zh or en', 'zh')
    .option('--all', 'check every camera of the fleet instead of drawing 10, 5 and 5')
    .option('--keep', 'leave the console up afterwards')
    .option('--json', 'print the result as JSON')
    .action(async (options) => setExitCode(await (await import('./commands/demo.ts')).demo(options)))
  command('import', 'read records from .xlsx or .csv, into a running service or a data directory that none has')
    .argument('<file>')
    .option('--dry-run', 'show what would change, write nothing')
    .option('--networking-one <meaning>', 'what 1 means in the column 联网属性: networked or not-networked')
    .option('--manufacturers <table>', 'which table the codes of 设备厂商 are from: national or jiangsu')
    .option('--sheet <name>', 'the sheet of a workbook, where several have headings')
    .option('--column <field=letter>', 'column of a field, like longitude=F; may be repeated', collect, [])
    .option('--map <field:value=code>', 'what a value of a coded column means, like manufacturer:海康威视=1; may be repeated', collect, [])
    .option('--server <url>', 'a running service; absent: the data directory itself')
    .option('--user <name>', 'account at the service; its password is read from YIJI_USER_PASSWORD', 'admin')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options) => setExitCode(await (await import('./commands/transfer.ts')).importFile(file, options)))
  command('export', 'write records to .xlsx or .csv')
    .argument('<file>')
    .option('--area <code>', 'only this administrative division')
    .option('--with-contacts', 'write contact numbers in full instead of masked; over a service the account decides')
    .option('--labels', 'coded values in words instead of codes')
    .option('--lang <lang>', 'language of headings and words: zh or en', 'zh')
    .option('--encoding <name>', 'of .csv: utf-8 or gb18030', 'utf-8')
    .option('--server <url>', 'a running service; absent: the data directory itself')
    .option('--user <name>', 'account at the service; its password is read from YIJI_USER_PASSWORD', 'admin')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options) => setExitCode(await (await import('./commands/transfer.ts')).exportFile(file, options)))
  command('inspect', 'run one inspection on a running service and fetch its report')
    .requiredOption('--area <code>', 'administrative division, 2 to 6 digits')
    .option('--class1 <n>', 'cameras of Class I', collectCount)
    .option('--class2 <n>', 'cameras of Class II', collectCount)
    .option('--class3 <n>', 'cameras of Class III', collectCount)
    .option('--preset <name>', 'a plan that ships: notice, notice-record, notice-image, notice-running, patrol')
    .option('--plan <file>', 'a plan of your own (JSON; docs/draw.md)')
    .option('--sample-of <inspection>', 'the cameras of another inspection, for their pictures')
    .option('--networked-only', 'only cameras whose record says that they are networked')
    .option('--seed <hex>', 'seed of the draw; made and shown when absent')
    .option('--with <account>', 'the seed comes from two sides: this account makes the other half')
    .option('--reason <text>', 'why another set is drawn although the area has one of the last day')
    .option('--rules <name>', 'rule set', 'default')
    .addHelpText('after', twoPartyHelp)
    .requiredOption('--out <dir>', 'where the report goes')
    .option('--server <url>', 'the service', 'http://127.0.0.1:8080')
    .option('--user <name>', 'account; its password is read from YIJI_USER_PASSWORD', 'admin')
    .option('--lang <lang>', 'language of the report: zh or en', 'zh')
    .option('--json', 'print the result as JSON')
    .action(async (options) => setExitCode(await (await import('./commands/inspect.ts')).inspect(options)))
  command('draw', 'draw the sample again from a published population list; with --report, exit 1 where the report shows another')
    .option('--population <file>', 'population.tsv of an inspection')
    .option('--seed <hex>', 'the seed of its report')
    .option('--half <hex>', 'instead of the seed, given twice: the half of the side that opened the draw, then of the other', collect, [])
    .option('--package <file>', 'evidence.zip of the inspection, or its folder: list and report are taken from it')
    .option('--report <file>', 'report.json of the inspection: its seed and plan are taken unless others are given')
    .option('--preset <name>', 'a plan that ships')
    .option('--plan <file>', 'a plan of your own (JSON)')
    .option('--class1 <n>', 'cameras of Class I; 10 when nothing says which', collectCount)
    .option('--class2 <n>', 'cameras of Class II; 5', collectCount)
    .option('--class3 <n>', 'cameras of Class III; 5', collectCount)
    .option('--commit', 'make a half of a seed, its salt, and the commitment to publish')
    .option('--join <draw>', 'be the other side of a two-party draw at a service')
    .option('--server <url>', 'with --join: the service', 'http://127.0.0.1:8080')
    .option('--user <name>', 'with --join: account; its password is read from YIJI_USER_PASSWORD', 'admin')
    .addHelpText('after', twoPartyHelp)
    .option('--json', 'print the result as JSON')
    .action(async (options) => setExitCode(await (await import('./commands/draw.ts')).drawAgain(options)))
  command('replay', 'compute verdicts again from recordings')
    .argument('<path>', 'a recording (.pcapng) or a folder of them')
    .option('--rules <name>', 'judge by another rule set: its name, name@version, or a JSON file of one')
    .option('--json', 'print the result as JSON')
    .action(async (path: string, options) => setExitCode(await (await import('./commands/replay.ts')).replayPath(path, options)))
  command('rejudge', 'judge an inspection of a running service again by other rules; what stands stays')
    .argument('<inspection>')
    .requiredOption('--rules <name>', 'its name, name@version, or a JSON file of one')
    .option('--server <url>', 'the service', 'http://127.0.0.1:8080')
    .option('--user <name>', 'account; its password is read from YIJI_USER_PASSWORD', 'admin')
    .option('--json', 'print the result as JSON')
    .action(async (inspection: string, options) => setExitCode(await (await import('./commands/rejudge.ts')).rejudge(inspection, options)))
  command('score', 'hold the sharpness figure against pictures that you have labelled')
    .argument('<folder>', 'JPEG or PNG in folders named clear, doubtful and unclear, or with names that begin so')
    .option('--rules <name>', 'bands of another rule set')
    .option('--json', 'print the result as JSON')
    .action(async (folder: string, options) => setExitCode(await (await import('./commands/score.ts')).score(folder, options)))
  command('verify', 'prove an evidence package: its files, its signature, its draw')
    .argument('<package>', 'evidence.zip of an inspection, or the folder that it was unpacked into')
    .option('--key <key>', 'who must have signed: a fingerprint, as reports print it, or a file with the public key')
    .option('--replay', 'compute every verdict again from its recording')
    .option('--json', 'print the result as JSON')
    .action(async (path: string, options) => setExitCode(await (await import('./commands/verify.ts')).verify(path, options)))
  const serverOf = (own: Command): Command =>
    own.option('--server <url>', 'the service', 'http://127.0.0.1:8080').option('--user <name>', 'account; its password is read from YIJI_USER_PASSWORD', 'admin').option('--json', 'print the result as JSON')
  serverOf(command('evidence', 'save the signed evidence package of an inspection, or of one check of it, from a running service'))
    .argument('<inspection>')
    .requiredOption('--out <file>', 'where the package goes')
    .option('--check <n>', 'one check alone: what another installation takes as a second opinion', collectCount)
    .option('--parts <list>', 'some of recordings, keyframes, pictures with commas between, or none; all when absent')
    .action(async (inspection: string, options) => setExitCode(await (await import('./commands/opinion.ts')).evidence(inspection, options)))
  serverOf(command('opinion', 'give a check the evidence package of another installation’s check of the same camera; exit 1 where its recording gives something else'))
    .argument('<inspection>')
    .argument('<n>', 'number of the check here')
    .argument('<package>', 'evidence.zip of one check, made there (yiji evidence --check)')
    .action(async (inspection: string, n: string, file: string, options) => setExitCode(await (await import('./commands/opinion.ts')).opinion(inspection, n, file, options)))
  const key = command('key', 'keys that other installations sign with, as you have compared them')
  serverOf(key.command('list').description('all that are or were on the list')).exitOverride()
    .action(async (options) => setExitCode(await (await import('./commands/opinion.ts')).listKeys(options)))
  serverOf(key.command('add').description('put a key on the list')).exitOverride()
    .argument('<key>', 'its fingerprint, as reports print it, or a file with the public key')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--note <text>', 'how you have compared it')
    .action(async (each: string, options) => setExitCode(await (await import('./commands/opinion.ts')).addKey(each, options)))
  serverOf(key.command('revoke').description('trust a key no longer')).exitOverride()
    .argument('<number>')
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, options) => setExitCode(await (await import('./commands/opinion.ts')).revokeKey(id, options)))
  command('simulate', 'a fleet of cameras, or a recorded device, against any registrar')
    .argument('[scenario]', 'scenario file (.json)')
    .option('--from <recording>', 'play the device\'s side of a capture (pcapng, pcap) and compare the registrar\'s')
    .option('--registrar <address>', 'ID@HOST:PORT instead of what the scenario says; with --from HOST:PORT will do')
    .option('--password <password>', 'device password, instead of what the scenario says')
    .option('--device <id>', 'with --from: which device of the recording')
    .option('--id <id>', 'with --from: what the device is called now')
    .option('--habits', 'list what a device of a scenario can be told to do otherwise than the standard says')
    .option('--json', 'with --from: print the result as JSON')
    .action(async (file: string | undefined, options) => setExitCode(await (await import('./commands/simulate.ts')).simulate(file, options)))
  const user = command('user', 'accounts')
  user
    .command('add')
    .exitOverride()
    .argument('<name>')
    .requiredOption('--role <role>', 'admin, assessor, editor or viewer')
    .option('--area <code>', 'administrative division prefix; absent: everywhere', '')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options) => setExitCode(await (await import('./commands/user.ts')).addUser(name, options)))
  user
    .command('password')
    .exitOverride()
    .description('make another password for an account; what it has open ends')
    .argument('<name>')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options) => setExitCode(await (await import('./commands/user.ts')).resetPassword(name, options)))
  command('backup', 'save the database, while the service runs or not')
    .argument('<file>', 'a tar archive; compressed where its name ends in .gz')
    .option('--with-evidence', 'also the pictures and recordings of inspections and of devices')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options) => setExitCode(await (await import('./commands/backup.ts')).backup(file, options)))
  command('restore', 'put a backup in the place of the data; what is there is kept beside it')
    .argument('<file>', 'what yiji backup has written')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options) => setExitCode(await (await import('./commands/restore.ts')).restore(file, options)))
  command('check', 'self-test: configuration, ports, media address, disk, clock, decoder')
    .option('--json', 'print the result as JSON')
    .action(async (options) => setExitCode(await (await import('./commands/check.ts')).check(options)))
  return root
}

/** Runs one command line; every failure is one line on stderr and an exit code: 0 done, 1 the answer is no, 2 wrong use. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await program((code) => {
      process.exitCode = code
    }).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
    } else if (error instanceof AppError) {
      process.stderr.write(`yiji: ${error.message}\n`)
      process.exitCode = wrongUse.has(error.code) ? 2 : 1
    } else {
      throw error
    }
  }
}
