const express = require('express');
const { ScanCommand, UpdateItemCommand } = require('@aws-sdk/client-dynamodb');
const { MeiliSearch } = require('meilisearch');
const { createClient } = require('@supabase/supabase-js');
const { Surreal } = require('surrealdb');
const ldap = require('ldapjs');
const yauzl = require('yauzl');
const fs = require('fs');

const app = express();
app.use(express.json());

app.post('/stores', async (req, res) => {
  const name = String(req.body.name);
  new ScanCommand({ TableName: 't', FilterExpression: 'name = ' + name }); // $ nosql-injection
  new ScanCommand({ TableName: 't', FilterExpression: 'name = :n', ExpressionAttributeValues: { ':n': name } });
  new UpdateItemCommand({ TableName: 't', UpdateExpression: `SET ${name} = :v` }); // $ nosql-injection
  new MeiliSearch({ host: 'x' }).index('a').search('x', { filter: `owner = ${name}` }); // $ nosql-injection
  new MeiliSearch({ host: 'x' }).index('a').search(name, { filter: 'public = true' });
  await createClient('x', 'y').from('t').select().or(`name.eq.${name}`); // $ nosql-injection
  await createClient('x', 'y').from('t').select().eq('name', name);
  await new Surreal().query(`SELECT * FROM t WHERE a = '${name}'`); // $ sql-built-from-strings
  await new Surreal().query('SELECT * FROM t WHERE a = $name', { name });
  const client = ldap.createClient({ url: 'ldap://x' });
  client.bind(`uid=${name},dc=x`, 'secret', () => {}); // $ ldap-injection
  client.bind('cn=reader,dc=x', name, () => {});
});

yauzl.open('a.zip', { lazyEntries: true }, (err, zip) => {
  zip.on('entry', (entry) => {
    fs.createWriteStream('/srv/' + entry.fileName);
  });
});
yauzl.open('a.zip', { decodeStrings: false }, (err, zip) => {
  zip.on('entry', (entry) => {
    fs.createWriteStream('/srv/' + entry.fileName); // $ path-traversal
  });
});
