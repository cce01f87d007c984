const plugins = require("./plugins.json");

exports.callAll = async (name, context) => Promise.all((plugins[name] || []).map((one) => one.fn(name, context)));
