'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { locksFolder } = require('../../plugin/locks.js');
const { paged } = require('./paged.js');

const name = `secret-baker-${process.getuid?.() ?? os.userInfo().username}`;
const HINT = '  hint: remove it, or point the environment variable TMPDIR at a folder of your own outside the service';
const SERVICE = path.join(os.tmpdir(), 'elsewhere/service');

/** @param {import('node:test').TestContext} t */
const temporary = (t) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'secret-baker-test-'));
  t.after(() => fs.rmSync(dir, { recursive: true }));
  return dir;
};

/**
 * @param {string} dir
 * @param {string} reason
 */
const refuses = (dir, reason) => {
  const message = `cannot use ${path.join(dir, name)} for lock files: ${reason}\n${HINT}`;
  assert.throws(() => locksFolder(SERVICE, [dir]), paged('SECRET_BAKER_FILE', message));
};

test('locks: makes a folder for this user alone, and finds it again', (t) => {
  const dir = temporary(t);
  assert.equal(locksFolder(SERVICE, [dir]), path.join(dir, name));
  assert.equal(locksFolder(SERVICE, [dir]), path.join(dir, name));
  if (process.getuid) assert.equal(fs.statSync(path.join(dir, name)).mode & 0o777, 0o700);
});

test('locks: refuses a link under its name', (t) => {
  const dir = temporary(t);
  fs.symlinkSync(os.tmpdir(), path.join(dir, name));
  refuses(dir, 'it is not a folder');
});

test('locks: refuses a dangling link under its name', (t) => {
  const dir = temporary(t);
  fs.symlinkSync(path.join(dir, 'absent'), path.join(dir, name));
  refuses(dir, 'it is not a folder');
});

test('locks: refuses a file under its name', (t) => {
  const dir = temporary(t);
  fs.writeFileSync(path.join(dir, name), '');
  refuses(dir, 'it is not a folder');
});

test('locks: refuses a folder that others may write to', { skip: !process.getuid && 'modes mean nothing here' }, (t) => {
  const dir = temporary(t);
  fs.mkdirSync(path.join(dir, name));
  fs.chmodSync(path.join(dir, name), 0o777);
  refuses(dir, 'others than its owner may use it');
});

const asRoot = process.getuid?.() !== 0 && 'only root can give a folder away';
test("locks: refuses another user's folder", { skip: asRoot }, (t) => {
  const dir = temporary(t);
  fs.mkdirSync(path.join(dir, name), { mode: 0o700 });
  fs.chownSync(path.join(dir, name), 12345, 12345);
  refuses(dir, 'it belongs to another user');
});

test('locks: says why the folder cannot be made', (t) => {
  const file = path.join(temporary(t), 'file');
  fs.writeFileSync(file, '');
  refuses(file, `ENOTDIR: not a directory, mkdir '${path.join(file, name)}'`);
});

test('locks: never within the service, whose files are packed: the next place is taken', (t) => {
  const service = temporary(t);
  const other = temporary(t);
  fs.mkdirSync(path.join(service, 'tmp'));
  fs.symlinkSync(service, path.join(other, 'link'));
  for (const within of [service, path.join(service, 'tmp'), path.join(other, 'link'), path.join(other, 'link/tmp')]) {
    assert.equal(locksFolder(service, [within, other]), path.join(other, name));
  }
  // The service itself may be reached by a link.
  assert.equal(locksFolder(path.join(other, 'link'), [path.join(service, 'tmp'), other]), path.join(other, name));
  assert.deepEqual(fs.readdirSync(service), ['tmp']);
});

test('locks: refuses where every place lies within the service', (t) => {
  const service = temporary(t);
  const message = `cannot use ${service} for lock files: it lies within the service, whose files are packed\n${HINT}`;
  assert.throws(() => locksFolder(service, [service]), paged('SECRET_BAKER_FILE', message));
});
