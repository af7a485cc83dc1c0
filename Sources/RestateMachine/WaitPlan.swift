import RestateProtocol

/// What the cancel signal means to an await.
enum CancelRole {
    /// It is a notification like any other, in the tree or not.
    case ignored
    /// The server is told that it is waited for, but it decides nothing.
    case watched
    /// It decides every tree.
    case decides
}

/// An `AwaitTree` in flat arrays, in which one result settles its leaves in constant time.
///
/// Settling removes what is completed from the tree. It stops as soon as a combinator has something
/// that the program can see: the program then takes one step, and awaits the rest.
struct WaitPlan {
    private struct Node {
        let combinator: Combinator
        let parent: Int
        /// The number of children that are not completed.
        var pending: Int
    }
    private struct Leaf {
        let id: NotificationID
        let parent: Int
        var isPending = true
        /// The next leaf that waits for the same result.
        var next = noLeaf
    }

    /// The parent index of the root.
    private static let outside = -1
    private static let noLeaf = -1
    /// Up to this number of leaves a linear search is faster than hashing.
    private static let smallCount = 8

    private var nodes: [Node] = []
    private var leaves: [Leaf] = []
    /// The first leaf of each result. It is filled only if there are many leaves.
    private var firstLeaves: [NotificationID: Int] = [:]
    /// What the cancel signal means to this await.
    private(set) var cancel: CancelRole

    init(_ tree: AwaitTree, cancel: CancelRole) throws(AttemptFailure) {
        self.cancel = cancel
        try add(tree, below: Self.outside, depth: 0)
    }

    private mutating func add(
        _ tree: AwaitTree, below parent: Int, depth: Int
    ) throws(AttemptFailure) {
        guard depth <= AwaitTree.depthLimit else {
            throw AttemptFailure(
                message: "Futures are combined in more than \(AwaitTree.depthLimit) levels.")
        }
        switch tree {
        case .leaf(let id):
            leaves.append(Leaf(id: id, parent: parent))
        case .node(let combinator, let children):
            let node = nodes.count
            nodes.append(Node(combinator: combinator, parent: parent, pending: children.count))
            for child in children { try add(child, below: node, depth: depth + 1) }
        }
    }

    /// Reads notifications until something is decided. Returns false if they do not suffice; then
    /// the remaining tree is what to wait for.
    mutating func isDecided(by notifications: inout Notifications) -> Bool {
        if settleEmptyNodes() { return true }
        if notifications.hasReady {
            if cancel == .decides, notifications.isCancelReady { return true }
            for index in leaves.indices {
                guard let result = notifications.peek(leaves[index].id) else { continue }
                if settle(index, failed: result.isFailure) { return true }
            }
        }
        while let id = notifications.read() {
            if cancel == .decides, notifications.isCancelReady { return true }
            let failed = notifications.peek(id)?.isFailure ?? false
            if settleLeaves(of: id, failed: failed) { return true }
        }
        return false
    }

    private mutating func settleLeaves(of id: NotificationID, failed: Bool) -> Bool {
        if leaves.count <= Self.smallCount {
            for index in leaves.indices where leaves[index].id == id && leaves[index].isPending {
                if settle(index, failed: failed) { return true }
            }
            return false
        }
        if firstLeaves.isEmpty { linkLeaves() }
        var index = firstLeaves[id] ?? Self.noLeaf
        while index != Self.noLeaf {
            if leaves[index].isPending, settle(index, failed: failed) { return true }
            index = leaves[index].next
        }
        return false
    }

    private mutating func linkLeaves() {
        firstLeaves.reserveCapacity(leaves.count)
        for index in leaves.indices {
            leaves[index].next =
                firstLeaves.updateValue(index, forKey: leaves[index].id) ?? Self.noLeaf
        }
    }

    /// Settles combinators without children, which wait for nothing.
    private mutating func settleEmptyNodes() -> Bool {
        for index in nodes.indices where nodes[index].pending == 0 {
            switch nodes[index].combinator {
            case .unknown, .firstCompleted: continue
            case .allCompleted, .allSucceededOrFirstFailed:
                if settleChild(of: nodes[index].parent, failed: false) { return true }
            case .firstSucceededOrAllFailed:
                if settleChild(of: nodes[index].parent, failed: true) { return true }
            }
        }
        return false
    }

    private mutating func settle(_ leaf: Int, failed: Bool) -> Bool {
        leaves[leaf].isPending = false
        return settleChild(of: leaves[leaf].parent, failed: failed)
    }

    /// Settles one child of a node, and the node's parents as far as they are completed by that.
    /// Returns true if the program can see something now.
    private mutating func settleChild(of parent: Int, failed: Bool) -> Bool {
        var node = parent
        var failed = failed
        while node != Self.outside {
            switch nodes[node].combinator {
            case .unknown, .firstCompleted:
                return true
            case .allCompleted:
                failed = false
            case .firstSucceededOrAllFailed:
                if !failed { return true }
            case .allSucceededOrFirstFailed:
                if failed { return true }
            }
            nodes[node].pending -= 1
            if nodes[node].pending > 0 { return false }
            // All children are completed, so `failed` is now the outcome of the node itself.
            node = nodes[node].parent
        }
        return true
    }

    // MARK: What is left

    /// Says that a watched signal has arrived: from then on it is not waited for.
    mutating func stopWatching() {
        if cancel == .watched { cancel = .ignored }
    }

    /// The results that are still waited for, without the cancel signal.
    var pending: some Sequence<NotificationID> {
        leaves.lazy.filter(\.isPending).map(\.id)
    }

    var isEmpty: Bool { cancel != .decides && !leaves.contains(where: \.isPending) }

    /// The remaining tree in the protocol's form.
    var tree: FutureTree {
        var trees = nodes.map { node in
            var tree = FutureTree()
            tree.combinator = node.combinator
            return tree
        }
        var root = FutureTree()
        root.combinator = .firstCompleted
        for leaf in leaves where leaf.isPending {
            if leaf.parent == Self.outside {
                root.append(leaf.id)
            } else {
                trees[leaf.parent].append(leaf.id)
            }
        }
        // Children come after their parents in the array, so that each tree is complete when it is
        // appended.
        for index in nodes.indices.reversed() where !isSettled(nodes[index]) {
            trees[index].nested.reverse()
            if nodes[index].parent != Self.outside {
                trees[nodes[index].parent].nested.append(trees[index])
            } else if cancel == .ignored {
                return trees[index]
            } else {
                root.nested.append(trees[index])
            }
        }
        if cancel != .ignored { root.append(.cancel) }
        return root
    }

    private func isSettled(_ node: Node) -> Bool {
        guard node.pending == 0 else { return false }
        // Without children, these two never complete.
        return node.combinator != .firstCompleted && node.combinator != .unknown
    }
}

extension FutureTree {
    fileprivate mutating func append(_ id: NotificationID) {
        switch id {
        case .completion(let id): completions.append(id)
        case .signal(let id): signals.append(id)
        case .namedSignal(let name): namedSignals.append(name)
        }
    }
}

extension SuspensionMessage {
    /// Encodes a tree. Versions below 7 have three lists of ids instead, which contain the same
    /// leaves.
    init(awaiting tree: FutureTree, version: ProtocolVersion) {
        self.init()
        if version.suspendsOnTree {
            awaitingOn = tree
        } else {
            flatten(tree)
        }
    }

    private mutating func flatten(_ tree: FutureTree) {
        completions += tree.completions
        signals += tree.signals
        namedSignals += tree.namedSignals
        for nested in tree.nested { flatten(nested) }
    }
}
