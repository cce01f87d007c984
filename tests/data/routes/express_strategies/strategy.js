const { Strategy } = require("passport");
const jwt = require("jsonwebtoken");

exports.TokenStrategy = class TokenStrategy extends Strategy {
  constructor(key) {
    super();
    this.key = key;
  }

  authenticate(req) {
    const token = req.cookies.token;
    if (!token) return this.pass();
    return this.success(jwt.verify(token, this.key));
  }
};
