const wrap = require('./wrap');

module.exports = function Users(core) {
  async function list(req, res) { res.json(await core.users.all()); }
  async function create(req, res) { res.json(await core.users.create(req.body)); }
  async function ping(req, res) { res.json({}); }
  return Object.freeze({ list: wrap(list), create: wrap(create), ping: wrap(ping) });
};
