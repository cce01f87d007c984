exports.d2 = async (v) => v;
