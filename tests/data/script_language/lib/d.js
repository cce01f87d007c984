module.exports = { d1: (v) => v, ...require("./d2") };
