const fs = require('fs');

module.exports = {
  friendlyName: 'Read a note',
  inputs: {
    name: { type: 'string', required: true },
    count: { type: 'number' },
    kind: { type: 'string', isIn: ['a', 'b'] },
  },
  fn: async function (inputs, exits) {
    fs.readFileSync(`/x/${inputs.name}`); // $ path-traversal
    fs.readFileSync(`/x/${inputs.count}${inputs.kind}`);
    await sails.sendNativeQuery(`SELECT id FROM notes WHERE name = '${inputs.name}'`); // $ sql-built-from-strings
    await sails.sendNativeQuery('SELECT id FROM notes WHERE name = $1', [inputs.name]);
    return exits.success();
  },
};
