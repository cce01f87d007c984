const express = require('express');
const { Client } = require('ssh2');
const { PowerShell } = require('node-powershell');
const nodemon = require('nodemon');
const pm2 = require('pm2');
const sharp = require('sharp');
const dirTree = require('directory-tree');
const AdmZip = require('adm-zip');
const { LocalStorage } = require('node-localstorage');

const app = express();

app.get('/commands', async (req, res) => {
  const name = req.query.name;
  const client = new Client();
  client.shell((error, stream) => stream.write(`ls ${name}\n`)); // $ command-injection
  client.shell((error, stream) => stream.write('uptime\n'));
  await PowerShell.invoke(`Get-Item ${name}`); // $ command-injection
  await PowerShell.$`Get-Item ${name}`;
  nodemon({ exec: 'node ' + name }); // $ command-injection
  nodemon({ exec: 'node app.js', watch: name });
  pm2.start({ script: name }, () => {}); // $ command-injection
  pm2.start({ script: 'app.js', name }, () => {});
});

app.get('/files', async (req, res) => {
  const name = req.query.name;
  await sharp('/srv/' + name).toBuffer(); // $ path-traversal
  await sharp(req.file.buffer).toBuffer();
  await sharp(Buffer.from(req.body.image, "base64")).toBuffer();
  dirTree('/srv/' + name); // $ path-traversal
  new AdmZip('/srv/' + name); // $ path-traversal
  new LocalStorage('/srv/' + name); // $ path-traversal
  new LocalStorage('/srv/scratch').setItem(name, '1');
});
