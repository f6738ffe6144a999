'use strict';

const NAME = 'secret-baker';
/** What `serverless secret-baker` can do, as the program itself defines it; made by `scripts/commands.mjs`. */
const DEFINITION = './commands.json';

/**
 * @typedef {object} Definition
 * @property {string} name
 * @property {string} about
 * @property {string} usage
 * @property {string | null} example
 * @property {{name: string | null, about: string | null, value: string | null}[]} options
 * @property {Definition[]} commands
 *
 * @typedef {object} Declared a command, as the framework has it
 * @property {string} usage
 * @property {string[]} lifecycleEvents
 * @property {Record<string, {usage: string, type: string}>} options
 * @property {Record<string, Declared>} commands
 */

/**
 * The words behind `secret-baker` as they were typed; undefined where another command runs.
 *
 * The framework knows no words behind a command and no option that was not declared, so what was typed is declared: whether it is right is
 * the program's own to say.
 * @param {string[]} argv behind the framework's own name
 * @returns {string[] | undefined}
 */
const typedWords = (argv) => {
  const at = argv.indexOf(NAME);
  // An option before it, such as `--stage dev`, is the framework's.
  const before = argv.slice(0, Math.max(at, 0));
  const isFirst = before.every((word, index) => word.startsWith('-') || before[index - 1]?.startsWith('-'));
  return at >= 0 && isFirst ? argv.slice(at + 1) : undefined;
};

/**
 * The commands for the framework's table, and the event of the one that was typed.
 * @param {string[]} [argv]
 * @returns {{commands: Record<string, Declared>, event?: string, words?: string[], taken?: string}} `taken`: by the framework, of the
 *   command behind `--`
 */
const ownCommands = (argv = process.argv.slice(2)) => {
  const words = typedWords(argv);
  /** @type {Definition} */
  const definition = require(DEFINITION);
  const declared = declare(definition);
  if (words === undefined) return { commands: { [NAME]: declared } };
  const path = [NAME];
  let command = declared;
  for (const word of beforeOptions(words)) {
    command.commands[word] ??= { usage: '', lifecycleEvents: ['run'], options: {}, commands: {} };
    command = command.commands[word];
    path.push(word);
  }
  for (const option of optionsOf(words)) command.options[option] ??= { usage: '', type: 'array' };
  return { commands: { [NAME]: declared }, event: `${path.join(':')}:run`, words, taken: takenByFramework(argv) };
};

/**
 * @param {Definition} definition
 * @returns {Declared}
 */
const declare = ({ about, options, commands, example }) => ({
  usage: [about, example].filter(Boolean).join('. '),
  lifecycleEvents: ['run'],
  options: Object.fromEntries(
    options.flatMap(({ name, about: usage }) => (name ? [[name, { usage: usage ?? '', type: 'array' }]] : [])),
  ),
  commands: Object.fromEntries(commands.map((each) => [each.name, declare(each)])),
});

/**
 * The option that the framework has read for itself from a command behind `--`: with `--stage prod` it would give that stage's secrets.
 * It reads up to `--` only where an option stands before that; else from the first option on, whatever stands before it.
 * @param {string[]} words behind the framework's own name
 * @returns {string | undefined}
 */
const takenByFramework = (words) => {
  const command = words.indexOf('--');
  const options = words.filter((word, index) => OPTION.test(word) && (command < 0 || index < command));
  if (command < 0 || options.length > 0) return undefined;
  return words.find((word) => {
    const [, name, letters] = OPTION.exec(word) ?? [];
    return name === undefined ? SHORT.test(letters ?? '') : OF_FRAMEWORK.includes(name);
  });
};

/** What decides about which service, stage and account the framework has; `SHORT`: the same in one letter. */
const OF_FRAMEWORK = ['stage', 'region', 'aws-profile', 'profile', 'param', 'config', 'use-local-credentials'];
const SHORT = /[src]/;

/** @param {string[]} words */
const beforeOptions = (words) => {
  const first = words.findIndex((word) => OPTION.test(word));
  return first < 0 ? words : words.slice(0, first);
};

/** @param {string[]} words */
const optionsOf = (words) => words.flatMap((word) => OPTION.exec(word)?.slice(1).filter(Boolean) ?? []);

/** What the framework takes for an option: `--name`, `--name=value`, `-n`. */
const OPTION = /^-(?:-([a-zA-Z][A-Za-z0-9:_-]+)|([a-z]+))(?:=.*|$)/;

module.exports = { ownCommands };
