const wrap = require("./wrap");
const seen = new Map();

module.exports = (name) =>
  wrap(async (req, res) => {
    const count = (seen.get(name + req.ip) || 0) + 1;
    seen.set(name + req.ip, count);
    res.set("X-Count", String(count));
    if (count > 100) throw Object.assign(new Error("slower"), { status: 429 });
  });
