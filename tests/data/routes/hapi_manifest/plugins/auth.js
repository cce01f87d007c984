const register = function (server, options) {
  server.auth.strategy("session", "cookie", {});
  server.auth.default("session");
};

module.exports = { name: "auth", register };
