// shapes.mjs - the wire shapes of api/*.json with the corrections of api/overrides.json, as data for tests.
import assert from 'node:assert/strict';
import fs from 'node:fs';

const root = new URL('../../../', import.meta.url);
const read = (name) => fs.readFileSync(new URL(name, root), 'utf8');

export const products = {};
for (const name of ['ims', 'ram', 'sts', 'argali']) {
  const file = JSON.parse(read(`api/${name}.json`));
  products[file.product] = file;
}
const overrides = JSON.parse(read('api/overrides.json'));

for (const { product, name, action } of overrides.actions) products[product].actions[name] = action;

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function addMembers(to, members) {
  for (const [name, value] of Object.entries(members))
    if (isObject(value)) addMembers(to[name], value);
    else to[name] = value;
}

for (const { product, actions, req = {}, resp = {} } of overrides.added) {
  if (!products[product]) continue;
  for (const action of actions) {
    addMembers(products[product].actions[action].req, req);
    addMembers(products[product].actions[action].resp, resp);
  }
}

/** The body without what the packages' models do not have: what was added to its shape, and what is newer than they are. */
export function withoutUnknown(name, body) {
  const drop = (from, members) => {
    for (const [member, value] of Object.entries(members))
      if (!isObject(value)) delete from[member];
      else if (from[member]) drop(from[member], value);
  };
  const copy = structuredClone(body);
  for (const { product, actions, resp = {} } of overrides.added)
    if (actions.some((action) => `${product}.${action}` === name)) drop(copy, resp);
  for (const [part, ...path] of (shapeOf(name).head.idlOnly ?? []).map((text) => text.split('.'))) {
    const last = path.pop();
    const at = path.reduce((from, member) => from?.[member], copy);
    if (part === 'resp' && isObject(at)) delete at[last];
  }
  return copy;
}

/** "Ims.CreateUser" for every action that has a row, hence a handler. */
export function implemented() {
  const names = new Map();
  for (const [product, { actions }] of Object.entries(products)) {
    for (const action of Object.keys(actions)) {
      const snake = action.replace(/([a-z])([A-Z])/g, '$1_$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2');
      names.set(`${product}_${snake}`.toUpperCase(), `${product}.${action}`);
    }
  }
  const rows = [...read('src/api/actions.c').matchAll(/^ {4}\{ ((?:IMS|RAM|STS|ARGALI)_[A-Z_]+),/gm)];
  return rows.map(([, constant]) => names.get(constant) ?? assert.fail(`${constant} is no action of the shapes`));
}

/** { product, action, head, req, resp, ... } of "Ims.CreateUser". */
export function shapeOf(name) {
  const [product, action] = name.split('.');
  const shape = products[product].actions[action];
  assert.ok(shape, `no action ${name}`);
  return { product, action, version: products[product].version, ...shape };
}

function corrections(product, action, field) {
  return overrides.fields
    .filter(
      (o) =>
        (o.product === '*' || o.product === product) && (!o.actions || o.actions.includes(action)) && o.fields.includes(field),
    )
    .map((o) => o.set);
}

/**
 * What is known of every request parameter of an action: type, list, chars, len, range, enum, required, oneOf, mayBeEmpty, ...
 */
export function fieldsOf(name) {
  const shape = shapeOf(name);
  const { head, reqLimits = {} } = shape;
  const required = [...(head.required ?? []), ...(head.requiredAssumed ?? [])];
  return Object.entries(shape.req).map(([field, type]) => {
    const limits = structuredClone(reqLimits[field] ?? {});
    const rule = { name: field, ...limits };
    if (Array.isArray(type)) {
      rule.list = head.enc?.[field] ?? 'flat';
      rule.type = typeof type[0] === 'object' ? 'tags' : 'texts';
      rule.keyLen = reqLimits[`${field}.Key`]?.len ?? [1, 128];
      rule.valueLen = reqLimits[`${field}.Value`]?.len ?? [0, 128];
    } else {
      rule.type = type;
    }
    rule.required = required.includes(field);
    rule.oneOf = (head.oneOf ?? []).find((group) => group.includes(field));
    rule.mayBeEmpty = head.selfDefault === field;
    for (const { drop = [], ...set } of corrections(shape.product, shape.action, field)) {
      Object.assign(rule, set);
      if (drop.includes(`${field}.len`)) delete rule.len;
    }
    return rule;
  });
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const REQUEST_ID = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/;

function checkLeaf(where, kind, value) {
  if (kind === 'string') {
    assert.equal(typeof value, 'string', where);
    if (/(Date|Time)$/.test(where) && value !== '') assert.match(value, TIME, where);
  } else if (kind === 'bool') {
    assert.equal(typeof value, 'boolean', where);
  } else if (kind === 'int32' || kind === 'int64') {
    assert.ok(Number.isInteger(value), where);
  } else {
    assert.fail(`${where}: a leaf of kind ${kind}`);
  }
}

function checkNode(where, shape, value, seen) {
  if (typeof shape === 'string') {
    checkLeaf(where, shape, value);
    seen.add(where);
  } else if (Array.isArray(shape)) {
    assert.ok(Array.isArray(value), `${where} is not an array`);
    seen.add(where);
    value.forEach((item) => checkNode(`${where}[]`, shape[0], item, seen));
  } else {
    assert.ok(value !== null && typeof value === 'object' && !Array.isArray(value), `${where} is not an object`);
    for (const [member, inner] of Object.entries(value)) {
      const path = where ? `${where}.${member}` : member;
      assert.ok(Object.hasOwn(shape, member), `${path} is not in the shape`);
      checkNode(path, shape[member], inner, seen);
    }
  }
}

function leaves(where, shape, to) {
  if (typeof shape === 'string') return to.add(where);
  if (Array.isArray(shape)) {
    to.add(where);
    return leaves(`${where}[]`, shape[0], to);
  }
  for (const [member, inner] of Object.entries(shape)) leaves(where ? `${where}.${member}` : member, inner, to);
  return to;
}

/** The body holds nothing but members of the action's shape, each of its type, and every list in its wrapper. */
export function checkConforms(name, body) {
  const seen = new Set();
  checkNode('', shapeOf(name).resp, body, seen);
  assert.match(body.RequestId, REQUEST_ID);
  for (const wrong of ['Code', 'Message', 'Success']) assert.ok(!(wrong in body), `${wrong} in an answer that succeeded`);
  return seen;
}

/**
 * The same, and no member of the shape is left out but those in `absent`, given as paths such as "Users.User[].LastLoginDate".
 */
export function checkComplete(name, body, absent = []) {
  const seen = checkConforms(name, body);
  const missing = [...leaves('', shapeOf(name).resp, new Set())].filter((path) => !seen.has(path));
  assert.deepEqual(missing.sort(), [...absent].sort(), `members of ${name} that are not in the answer`);
}
