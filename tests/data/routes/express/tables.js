const { allow } = require("./guards");

const table = [
  { method: "GET", path: "/table", guards: [], handler: (req, res) => res.json([]) },
  { method: "DELETE", path: "/table/:id", guards: [allow("clerk")], handler: (req, res) => res.end() },
];

module.exports = function (app) {
  for (const { method, path, guards, handler } of table) {
    app[method.toLowerCase()](path, ...guards, handler);
  }
};
