'use server';
import fs from 'fs';

export async function save(form: FormData) {
  fs.readFileSync(`/x/${form.get('name')}`); // $ path-traversal
}

export const rename = async (name: string, count: number) => {
  fs.readFileSync(`/x/${count}`);
  within(name);
};

async function within(name: string) {
  fs.readFileSync(`/x/${name}`); // $ path-traversal
}

async function alone(name: string) {
  fs.readFileSync(`/x/${name}`);
}

export async function clean(name: string) {
  if (!/^[a-z]+$/.test(name)) throw new Error('name');
  await alone(name);
}
