import { SetMetadata } from "@nestjs/common";

export enum Permission {
  Public,
  Owner,
}

export const Allow = (permission: Permission) => SetMetadata("permission", permission);
