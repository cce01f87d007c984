exports.byToken = {};
exports.find = async (name, password) => Object.values(exports.byToken).find((one) => one.name === name);
