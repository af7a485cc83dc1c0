import RestateMachine
import RestateProtocol
import Testing

/// What a tree is after some results: decided, or this rest. Leaves are completions.
struct Resolution: CustomTestStringConvertible, Sendable {
    var name: String
    /// Negative numbers are failures.
    var results: [Int]
    var tree: AwaitTree
    /// Nil if something is decided.
    var rest: AwaitTree?

    var testDescription: String { name }

    static func decided(_ name: String, _ results: [Int], _ tree: AwaitTree) -> Self {
        Self(name: name, results: results, tree: tree, rest: nil)
    }
    static func pending(
        _ name: String, _ results: [Int], _ tree: AwaitTree, _ rest: AwaitTree? = nil
    ) -> Self {
        Self(name: name, results: results, tree: tree, rest: rest ?? tree)
    }
}

extension AwaitTree: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt32) { self = .leaf(.completion(value)) }
}

/// The rest as the server is told, without an order.
private func wire(_ tree: AwaitTree) -> FutureTree {
    var result = FutureTree()
    result.combinator = .firstCompleted
    switch tree {
    case .leaf(.completion(let id)): result.completions = [id]
    case .leaf(.signal(let id)): result.signals = [id]
    case .leaf(.namedSignal(let name)): result.namedSignals = [name]
    case .node(let combinator, let children):
        result.combinator = combinator
        for child in children {
            switch child {
            case .leaf:
                let leaf = wire(child)
                result.completions += leaf.completions
                result.signals += leaf.signals
                result.namedSignals += leaf.namedSignals
            case .node: result.nested.append(wire(child))
            }
        }
    }
    return sorted(result)
}

private func sorted(_ tree: FutureTree) -> FutureTree {
    var tree = tree
    tree.completions.sort()
    tree.signals.sort()
    tree.nested = tree.nested.map(sorted).sorted { "\($0)" < "\($1)" }
    return tree
}

private func resolve(_ tree: AwaitTree, results: [Int]) throws -> FutureTree? {
    var options = MachineOptions()
    options.implicitCancellation = .disabled
    let failed = NotificationResult.failure(Failure(code: 500, message: "no"))
    let later = results.map {
        completed(.callCompletion, UInt32(abs($0)), $0 < 0 ? failed : .value("x".bytes))
    }
    var attempt = Attempt(options: options, known: [input()], later: later)
    try attempt.begin()
    let answer = try attempt.wait(tree)
    guard answer != .completed else {
        #expect(!attempt.hasOutput)
        return nil
    }
    #expect(answer == .wait(forInput: true, forRun: false))
    let frames = try attempt.written()
    #expect(frames.count == 1)
    return sorted(try #require(frames.first?.awaitingOn))
}

@Suite struct TreeResolutionTests {
    @Test(arguments: flat + nestedUnknown + nested + duplicates)
    func `a tree is resolved`(_ resolution: Resolution) throws {
        let rest = try resolve(resolution.tree, results: resolution.results)
        #expect(rest == resolution.rest.map(wire))
    }

    static let flat: [Resolution] = [
        .decided("single succeeded", [1], 1),
        .decided("single failed", [-1], 1),
        .pending("single pending", [], 1),
        .pending("first, none ready", [], first(1, 2, 3)),
        .decided("first, one succeeded", [2], first(1, 2, 3)),
        .decided("first, one failed", [-1], first(1, 2, 3)),
        .pending("all, none ready", [], all(1, 2, 3)),
        .pending("all, partial", [1, -3], all(1, 2, 3), all(2)),
        .decided("all, all done", [1, -2], all(1, 2)),
        .pending("any, none ready", [], anyOf(1, 2, 3)),
        .decided("any, one succeeded", [2], anyOf(1, 2, 3)),
        .pending("any, some failed", [-1], anyOf(1, 2, 3), anyOf(3, 2)),
        .decided("any, all failed", [-1, -2], anyOf(1, 2)),
        .pending("all of, none ready", [], allOf(1, 2, 3)),
        .decided("all of, all succeeded", [1, 2], allOf(1, 2)),
        .decided("all of, one failed", [-2], allOf(1, 2, 3)),
        .pending("all of, some succeeded", [1], allOf(1, 2, 3), allOf(3, 2)),
        .pending("unknown, none ready", [], unknown(1, 2)),
        .decided("unknown, one ready", [2], unknown(1, 2)),
    ]

    static let nestedUnknown: [Resolution] = [
        .decided("first with unknown", [2], first(1, unknown(2))),
        .decided("first, unknown around all: its leaf", [3], first(unknown(all(1, 2)), 3)),
        .pending(
            "first, unknown around all: partial", [1], first(unknown(all(1, 2)), 3),
            first(unknown(all(2)), 3)),
        .decided("first, unknown around all: done", [1, 2], first(unknown(all(1, 2)), 3)),
        .pending(
            "deep unknown, partial", [1], first(unknown(all(1, unknown(2)))),
            first(unknown(all(unknown(2))))),
        .decided("deep unknown, done", [1, 2], first(unknown(all(1, unknown(2))))),
        .pending("all with unknown, partial", [1], all(1, unknown(2)), all(unknown(2))),
        .decided("all with unknown, done", [1, 2], all(1, unknown(2))),
        .decided("any of all of unknown, success", [3], anyOf(1, allOf(2, unknown(3)))),
        .decided("any of all of unknown, failure", [-3], anyOf(1, allOf(2, unknown(3)))),
        .pending(
            "any of all of unknown, partial", [-1], anyOf(1, allOf(2, unknown(3))),
            anyOf(allOf(2, unknown(3)))),
        .decided("any with unknown in all", [3], anyOf(1, all(2, unknown(3)))),
        .decided("any, unknown, all of: done", [2, 3], anyOf(1, unknown(allOf(2, 3)))),
        .decided("any, unknown, all of: failure", [-2], anyOf(1, unknown(allOf(2, 3)))),
        .pending(
            "any, unknown, all of: partial", [2], anyOf(1, unknown(allOf(2, 3))),
            anyOf(1, unknown(allOf(3)))),
        .decided("all of with unknown, failure", [-2], allOf(1, unknown(2))),
        .pending(
            "all of, unknown, any: leaf", [1], allOf(1, unknown(2, anyOf(3, 4))),
            allOf(unknown(2, anyOf(3, 4)))),
        .decided("all of, unknown, any: success", [3], allOf(1, unknown(2, anyOf(3, 4)))),
        .pending(
            "all of, unknown, any: failure", [-3], allOf(1, unknown(2, anyOf(3, 4))),
            allOf(1, unknown(2, anyOf(4)))),
        .decided("all of, unknown, any: all fail", [-3, -4], allOf(1, unknown(2, anyOf(3, 4)))),
        .pending("all of, unknown, any: pending", [], allOf(1, unknown(2, anyOf(3, 4)))),
        .pending(
            "all of, unknown, all, unknown: 1", [1], allOf(1, unknown(all(2, unknown(3)))),
            allOf(unknown(all(2, unknown(3))))),
        .pending(
            "all of, unknown, all, unknown: 2", [2], allOf(1, unknown(all(2, unknown(3)))),
            allOf(1, unknown(all(unknown(3))))),
        .decided(
            "all of, unknown, all, unknown: failure", [-1],
            allOf(1, unknown(all(2, unknown(3))))),
        .decided(
            "all of, unknown, all, unknown: done", [2, 3],
            allOf(1, unknown(all(2, unknown(3))))),
        .pending(
            "all of keeps the unknown", [2, 3], allOf(unknown(1), all(2, 3)), allOf(unknown(1))),
    ]

    static let nested: [Resolution] = [
        .decided("all of firsts", [-2], allOf(first(1, 2), first(3, 4))),
        .pending(
            "all of alls", [-1, -2], allOf(all(1, 2), all(3, 4)), allOf(all(3, 4))),
        .pending(
            "all of alls, one resolved", [-1], allOf(all(1, 2), all(3, 4)),
            allOf(all(2), all(3, 4))),
        .decided("all of all of, failure", [-2], allOf(allOf(1, 2), 3)),
        .decided("first of all, leaf", [3], first(all(1, 2), 3)),
        .decided("all of first, partial", [1], all(first(1, 2), first(3, 4))),
        .decided("all of first, complete", [1, 4], all(first(1, 2), first(3, 4))),
        .decided("all of all of, partial", [-1], all(allOf(1, 2), first(3, 4))),
        .decided("all of any, partial", [1], all(anyOf(1, 2), first(3, 4))),
    ]

    static let duplicates: [Resolution] = [
        .decided("twice in all", [1], all(1, 1)),
        .decided("twice in first", [1], first(1, 1, 2)),
        .decided("failure twice in all of", [-1], allOf(1, 1, 2)),
        .decided("success twice in any", [1], anyOf(1, 1)),
        .decided("across nested", [1], all(first(1, 2), first(1, 3))),
        .decided("subtree twice, succeeded", [1, 2], all(allOf(1, 2), allOf(1, 2))),
        .decided("subtree twice, failure", [-1], all(allOf(1, 2), allOf(1, 2))),
        .decided("with unknown", [1], all(1, unknown(1, 2))),
        .pending("partial", [1], all(1, 2, 1), all(2)),
        .pending(
            "twice among many", [1, 2, 3, 4, 5, 6, 7, 8], all(1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2),
            all(9)),
    ]

    @Test func `a tree is told to the server as it is`() throws {
        func told(_ tree: AwaitTree) throws -> FutureTree? { try resolve(tree, results: []) }
        #expect(try told(1) == tree(completions: [1]))
        #expect(try told(signal(17)) == tree(signals: [17]))
        #expect(try told(.leaf(.namedSignal("foo"))) == tree(names: ["foo"]))
        for combinator in Combinator.allCases {
            #expect(
                try told(.node(combinator, [1, 2])) == tree(combinator, completions: [1, 2]))
        }
        #expect(try told(first(1, signal(5))) == tree(completions: [1], signals: [5]))
        #expect(
            try told(first(1, all(2, 3)))
                == tree(completions: [1], tree(.allCompleted, completions: [2, 3])))
        #expect(
            try told(first(unknown(1, 2), 3))
                == tree(completions: [3], tree(.unknown, completions: [1, 2])))
        #expect(
            try told(first(unknown(all(1, 2)), 3))
                == tree(
                    completions: [3],
                    tree(.unknown, tree(.allCompleted, completions: [1, 2]))))
        #expect(
            try told(unknown(anyOf(1, 2), signal(5)))
                == tree(
                    .unknown, signals: [5],
                    tree(.firstSucceededOrAllFailed, completions: [1, 2])))
        #expect(
            try told(all(1, unknown(signal(17))))
                == tree(.allCompleted, completions: [1], tree(.unknown, signals: [17])))
    }
}
