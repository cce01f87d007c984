exports.part = "part";
exports.deep = { er: "deeper" };
