// mutations.mjs - for one parameter of one action, every way of sending it that the documents forbid, and the code that they
// give it.
//
// A case: [what, change, code] where change turns the list of [name, value] pairs of a good request into that of a bad one.
import { fieldsOf } from './shapes.mjs';

const matches = (field) => (name) => name === field || name.startsWith(`${field}.`);
const without = (field) => (pairs) => pairs.filter(([name]) => !matches(field)(name));
const put = (field, value) => (pairs) => [...without(field)(pairs), [field, value]];
const putAll = (field, values) => (pairs) => [...without(field)(pairs), ...values];
const twice = (name) => (pairs) => [...pairs, pairs.find(([n]) => n === name)];

/** Bytes that are no UTF-8, and one that is text but never welcome. */
const BAD_BYTES = [
  ['lone byte', [0xff]],
  ['overlong', [0xc0, 0xaf]],
  ['surrogate', [0xed, 0xa0, 0x80]],
  ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['cut short', [0xe4, 0xb8]],
  ['NUL', [0x00]],
];

const NAMES = [
  'a b',
  'a/b',
  'a%b',
  'a:b',
  'ä',
  '中',
  'a\tb',
  "a'b",
  'a"b',
  'a\\b',
  '<a>',
  'a\u202eb',
  'a\u200bb',
  '\u{1F40F}',
  'a,b',
  'a;b',
  'a*',
  '$(a)',
  '../a',
];

/** Characters of each class that is forbidden somewhere, with the kind of error. */
const WRONG_CHARS = {
  user_name: NAMES.concat('a@b').map((text) => [text, 'InvalidChars']),
  id: NAMES.concat('a@b').map((text) => [text, 'InvalidChars']),
  policy_name: NAMES.concat('a@b', 'a_b', 'a.b').map((text) => [text, 'InvalidChars']),
  upn: NAMES.filter((text) => text !== 'a@b')
    .map((text) => [`${text}@x.org`, 'InvalidChars'])
    .concat([
      ['name', 'Format'],
      ['@x.org', 'Format'],
      ['name@', 'Format'],
      ['a@b@c', 'InvalidChars'],
      ['a@x org', 'InvalidChars'],
      [`${'n'.repeat(65)}@x.org`, 'Length'],
    ]),
  label: NAMES.concat('a@b', 'a_b').map((text) => [text, 'InvalidChars']),
  domain: NAMES.concat('a@b').map((text) => [`${text}.onaliyun.com`, 'InvalidChars']),
  printable: ['a\nb', 'a\tb', '\u001b[31m', 'a\u007fb', 'a\u0085b'].map((text) => [text, 'InvalidChars']),
  email: ['nobody', '@', 'a@', '@b', 'a b@c.org', 'a@b c', 'a@b@c', 'a\n@b.org', 'a\u0001@b'].map((text) => [text, 'Format']),
  phone: ['123', '-123', '86-', '86-12a', '+86-123', '86 123', '86-1-2', '８６-1'].map((text) => [text, 'Format']),
  alias: ['Abc', 'a_b', 'a.b', 'a b', 'äbc', '-abc', 'abc-', 'a--b'].map((text) => [text, 'Format']),
};

function textCases(rule) {
  const { name, chars, enum: values } = rule;
  const cases = [];
  const code = (kind) => `InvalidParameter.${name}${values ? '' : `.${kind}`}`;
  const oneCode = chars === 'email' || chars === 'phone' ? 'Format' : undefined;
  const [min, max] = [rule.len?.[0] ?? 0, rule.len?.[1] ?? 2048];
  cases.push(['too long', put(name, longText(chars, max + 1)), code(oneCode ?? 'Length')]);
  cases.push(['far too long', put(name, longText(chars, 9000)), code(oneCode ?? 'Length')]);
  if (min > 1) cases.push(['too short', put(name, longText(chars, min - 1)), code('Length')]);
  if (values)
    for (const text of ['Nonsense', values[0].toUpperCase(), ` ${values[0]}`, `${values[0]},`, '0'])
      if (!values.includes(text)) cases.push([`"${text}"`, put(name, text), code()]);
  for (const [text, kind] of WRONG_CHARS[name === 'AccountAlias' ? 'alias' : chars] ?? [])
    cases.push([`"${text}"`, put(name, text), code(kind)]);
  return cases;
}

function longText(chars, n) {
  if (chars === 'upn') return `${'n'.repeat(20)}@${'d'.repeat(n - 21)}`;
  if (chars === 'domain') return `${'d'.repeat(n - 13)}.onaliyun.com`;
  if (chars === 'email') return `${'e'.repeat(n - 6)}@x.org`;
  if (chars === 'phone') return `86-${'1'.repeat(n - 3)}`;
  return 'a'.repeat(n);
}

function numberCases({ name, range = [], enum: values }) {
  const wrong = ['abc', '1.5', '1e2', '+5', ' 5', '5 ', '0x10', '1,000', '--1', '٣', '1_0', 'null', '05'];
  const far = [range[0] - 1, range[1] + 1, -2147483648, 4294967297, '99999999999999999999999'];
  if (values)
    return [
      ...wrong.map((text) => [`"${text}"`, put(name, text), `InvalidParameter.${name}.Format`]),
      ...['0', '1', '-90', '91'].map((text) => [`"${text}"`, put(name, text), `InvalidParameter.${name}`]),
      ['far', put(name, '4294967297'), `InvalidParameter.${name}.Range`],
    ];
  return [
    ...wrong.map((text) => [`"${text}"`, put(name, text), `InvalidParameter.${name}.Format`]),
    ...far.map((value) => [`${value}`, put(name, String(value)), `InvalidParameter.${name}.Range`]),
  ];
}

function boolCases({ name }) {
  return ['yes', '2', 'truee', ' true', 'null', '[]'].map((text) => [
    `"${text}"`,
    put(name, text),
    `InvalidParameter.${name}.Format`,
  ]);
}

function listCases({ name, maxItems = 50, len, chars, enum: values }, good) {
  const format = `InvalidParameter.${name}.Format`,
    length = `InvalidParameter.${name}.Length`,
    no = `InvalidParameter.${name}`; // of a list of few values
  const many = Array.from({ length: maxItems + 1 }, (_, i) => [`${name}.${i + 1}`, good]);
  return [
    ...['text', '{"a":1}', '"a"', '[1]', '[null]', '[["a"]]', '["a"', '["a"]x', '[,]', 'null', '1'].map((text) => [
      `JSON ${text}`,
      put(name, text),
      format,
    ]),
    ...['0', '01', '-1', 'x', '', '1.1', '4294967297', '18446744073709551617'].map((n) => [
      `numbered "${n}"`,
      putAll(name, [[`${name}.${n}`, good]]),
      format,
    ]),
    [
      'a gap',
      putAll(name, [
        [`${name}.1`, good],
        [`${name}.3`, good],
      ]),
      format,
    ],
    [
      'both forms',
      putAll(name, [
        [name, JSON.stringify([good])],
        [`${name}.1`, good],
      ]),
      format,
    ],
    ['too many', putAll(name, many), length],
    ['too many in JSON', put(name, JSON.stringify(many.map(([, value]) => value))), length],
    ['an empty item', putAll(name, [[`${name}.1`, '']]), values ? no : length],
    ['an item too long', putAll(name, [[`${name}.1`, longText(chars, (len?.[1] ?? 2048) + 1)]]), values ? no : length],
    ...(values ? [['no such value', putAll(name, [[`${name}.1`, 'k']]), no]] : []),
    ...(WRONG_CHARS[chars] ?? []).map(([text, kind]) => [
      `item "${text}"`,
      putAll(name, [[`${name}.1`, text]]),
      `InvalidParameter.${name}.${kind}`,
    ]),
  ];
}

function tagCases({ name, maxItems = 20, keyLen, valueLen }) {
  const format = `InvalidParameter.${name}.Format`,
    length = `InvalidParameter.${name}.Length`;
  const long = (n) => 'x'.repeat(n);
  const many = Array.from({ length: maxItems + 1 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
  const flat = (tags) =>
    tags.flatMap(({ Key, Value }, i) => [
      [`${name}.${i + 1}.Key`, Key],
      [`${name}.${i + 1}.Value`, Value],
    ]);
  return [
    ...[
      'text',
      '{"Key":"k"}',
      '["k"]',
      '[{"Key":1}]',
      '[{"Key":"k","Other":"x"}]',
      '[{"Key":"k","Key":"k"}]',
      '[{"key":"k"}]',
      '[{"Key":["k"]}]',
      '[{"Key":"k"}',
      'null',
    ].map((text) => [`JSON ${text}`, put(name, text), format]),
    ...['0.Key', '01.Key', 'x.Key', '.Key', '-1.Key', '1', '1.', '1.key', '1.Keys', '1.Key.x', '1.Other', '4294967297.Key'].map(
      (part) => [`numbered "${part}"`, putAll(name, [[`${name}.${part}`, 'k']]), format],
    ),
    [
      'a gap',
      putAll(name, [
        [`${name}.1.Key`, 'a'],
        [`${name}.3.Key`, 'b'],
      ]),
      format,
    ],
    [
      'both forms',
      putAll(name, [
        [name, '[{"Key":"a"}]'],
        [`${name}.1.Key`, 'b'],
      ]),
      format,
    ],
    ['too many', putAll(name, flat(many)), length],
    ['too many in JSON', put(name, JSON.stringify(many)), length],
    ['a number beyond the list', putAll(name, [[`${name}.${maxItems + 1}.Key`, 'k']]), length],
    ['no key', putAll(name, [[`${name}.1.Value`, 'v']]), `InvalidParameter.${name}.Key.Length`],
    ['an empty key', putAll(name, [[`${name}.1.Key`, '']]), `InvalidParameter.${name}.Key.Length`],
    ['a long key', putAll(name, [[`${name}.1.Key`, long(keyLen[1] + 1)]]), `InvalidParameter.${name}.Key.Length`],
    ['a long value', putAll(name, flat([{ Key: 'k', Value: long(valueLen[1] + 1) }])), `InvalidParameter.${name}.Value.Length`],
    [
      'one key twice',
      putAll(
        name,
        flat([
          { Key: 'k', Value: '1' },
          { Key: 'k', Value: '2' },
        ]),
      ),
      `InvalidParameter.${name}.Key`,
    ],
  ];
}

function byteCases(wireName) {
  return BAD_BYTES.map(([what, bytes]) => {
    const value = Buffer.concat([Buffer.from('a'), Buffer.from(bytes), Buffer.from('b')]);
    return [
      what,
      (pairs) => [...pairs.filter(([name]) => name !== wireName), [wireName, value]],
      `InvalidParameter.${wireName}.InvalidChars`,
    ];
  });
}

/** good: the pairs of a request that succeeds, in which every parameter of the action that can be there is there. */
export function mutationsOf(action, field, good) {
  const rule = fieldsOf(action).find((f) => f.name === field);
  const present = good.filter(([name]) => matches(field)(name));
  const missing = rule.required ? `Missing${field}` : rule.oneOf && present.length ? `Missing${rule.oneOf[0]}` : undefined;
  const cases = [];
  if (missing) {
    cases.push(['missing', without(field), missing], ['empty', put(field, ''), missing]);
    if (rule.list) cases.push(['an empty list', put(field, '[]'), missing]);
  }
  if (rule.oneOf && !present.length) {
    // The good request names the thing by another member of the group, and the later of the two is told.
    const other = rule.oneOf.find((name) => name !== field && good.some(([n]) => matches(name)(n)));
    const second = rule.oneOf.indexOf(field) > rule.oneOf.indexOf(other) ? field : other;
    const value = rule.type === 'bool' ? 'true' : rule.chars === 'upn' ? 'a@b' : '1';
    cases.push([
      'beside the other of its group',
      putAll(field, [[rule.list ? `${field}.1` : field, value]]),
      `InvalidParameter.${second}`,
    ]);
  }
  if (rule.type === 'tags') cases.push(...tagCases(rule));
  else if (rule.list) cases.push(...listCases(rule, rule.chars === 'upn' ? 'a@b' : 'k'));
  else if (rule.type === 'bool') cases.push(...boolCases(rule));
  else if (rule.type === 'string') cases.push(...textCases(rule));
  else cases.push(...numberCases(rule));
  const first = present[0]?.[0] ?? (rule.type === 'tags' ? `${field}.1.Key` : rule.list ? `${field}.1` : field);
  cases.push(...byteCases(first));
  if (present.length) cases.push(['twice', twice(first), `InvalidParameter.${first}`]);
  return cases;
}

/** Parameters that may be left out or sent empty. */
export function optionalFields(action) {
  return fieldsOf(action).filter((rule) => !rule.required && !rule.oneOf);
}

export const leaveOut = without;
export const sendEmpty = (field) => put(field, '');
