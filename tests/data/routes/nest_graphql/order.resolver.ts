import { UseGuards } from "@nestjs/common";
import { Args, Mutation, Query, ResolveField, Resolver } from "@nestjs/graphql";
import { GqlAuthGuard, UserGuard } from "./guards";
import { Order, Orders } from "./orders";

@Resolver(() => Order)
export class OrderResolver {
  constructor(private readonly orders: Orders) {}

  @Query(() => [Order], { name: "orders" })
  @UseGuards(GqlAuthGuard)
  all() {
    return this.orders.all();
  }

  @Query(() => Order)
  @UseGuards(UserGuard)
  order(@Args("id") id: string) {
    return this.orders.one(id);
  }

  @Mutation("placeOrder")
  @UseGuards(GqlAuthGuard)
  place(@Args("order") order: Order) {
    return this.orders.add(order);
  }

  @Mutation(() => Boolean)
  removeOrder(@Args("id") id: string) {
    return this.orders.remove(id);
  }

  @ResolveField()
  lines() {
    return [];
  }
}
