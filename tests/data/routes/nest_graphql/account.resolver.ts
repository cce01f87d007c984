import { UseGuards } from "@nestjs/common";
import { Args, Mutation, Query, Resolver, Subscription } from "@nestjs/graphql";
import { Allow, Permission } from "./allow";
import { GqlAuthGuard } from "./guards";

@Resolver()
@UseGuards(GqlAuthGuard)
export class AccountResolver {
  @Query(() => String)
  me() {
    return "me";
  }

  @Subscription(() => String)
  changes() {
    return "changes";
  }

  @Query(() => String)
  @Allow(Permission.Public)
  terms() {
    return "terms";
  }
}
