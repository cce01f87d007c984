"""The loops of an automaton: its strongly connected components."""


def components(follow: list[list[int]]) -> list[int]:
    """The strongly connected component of each position (Tarjan, without recursion); -1 for those in no loop."""
    index: list[int] = [-1] * len(follow)
    low: list[int] = [0] * len(follow)
    component = [-1] * len(follow)
    stack: list[int] = []
    waiting = [False] * len(follow)
    count = number = 0
    for root in range(len(follow)):
        if index[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            node, at = work.pop()
            if at == 0:
                index[node] = low[node] = count
                count += 1
                stack.append(node)
                waiting[node] = True
            for position in range(at, len(follow[node])):
                after = follow[node][position]
                if index[after] < 0:
                    work += [(node, position + 1), (after, 0)]
                    break
                if waiting[after]:
                    low[node] = min(low[node], index[after])
            else:
                if low[node] == index[node]:
                    members = []
                    while True:
                        one = stack.pop()
                        waiting[one] = False
                        members.append(one)
                        if one == node:
                            break
                    if len(members) > 1 or node in follow[node]:
                        for one in members:
                            component[one] = number
                        number += 1
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
    return component
