/// A regular expression, matched in time that is linear in the text: all alternatives advance
/// together as a set of places (Thompson, Pike), and nothing is tried again by backtracking. So no
/// pattern of a query can keep a thread busy.
struct SQLPattern {
    private static let sizeLimit = 5000
    private static let depthLimit = 50

    private enum Step {
        case scalar(UInt32)
        case any
        case set([ClosedRange<UInt32>], isNegated: Bool)
        /// Continues at both places. A match through the first one takes precedence.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case start, end
        case boundary(Bool)
        case match
    }

    private var steps: [Step] = []
    private var nodeCount = 0
    private(set) var groupCount = 1
    private let ignoresCase: Bool

    /// - Parameter flags: `i` ignores case.
    init(_ pattern: String, flags: String = "") throws {
        var pattern = Array(pattern.unicodeScalars)
        var ignoresCase = flags.contains("i")
        if pattern.starts(with: "(?i)".unicodeScalars) {
            pattern.removeFirst(4)
            ignoresCase = true
        }
        self.ignoresCase = ignoresCase
        var parser = Parser(pattern: pattern)
        let tree = try parser.alternatives(depth: 0)
        guard parser.isAtEnd else { throw Self.invalid("unopened group") }
        groupCount = parser.groupCount
        try add(.save(0))
        try add(tree)
        try add(.save(1))
        try add(.match)
    }

    private static func invalid(_ reason: String) -> QueryError {
        .execution("Regular expression did not compile: \(reason)")
    }

    // MARK: The pattern as a tree

    private indirect enum Node {
        case empty
        case step(Step)
        case sequence([Node])
        case either([Node])
        case group(Node, Int)
        case repeated(Node, Int, Int?, isGreedy: Bool)
    }

    private struct Parser {
        let pattern: [Unicode.Scalar]
        var index = 0
        var groupCount = 1

        init(pattern: [Unicode.Scalar]) { self.pattern = pattern }

        var isAtEnd: Bool { index >= pattern.count }
        var next: Unicode.Scalar? { isAtEnd ? nil : pattern[index] }

        mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
            guard next == scalar else { return false }
            index += 1
            return true
        }

        mutating func alternatives(depth: Int) throws -> Node {
            guard depth < SQLPattern.depthLimit else { throw SQLPattern.invalid("too deep") }
            var branches = [try sequence(depth: depth)]
            while takes("|") { branches.append(try sequence(depth: depth)) }
            return branches.count == 1 ? branches[0] : .either(branches)
        }

        private mutating func sequence(depth: Int) throws -> Node {
            var nodes: [Node] = []
            while let scalar = next, scalar != "|", scalar != ")" {
                nodes.append(try repeated(try atom(depth: depth)))
            }
            return .sequence(nodes)
        }

        private mutating func repeated(_ node: Node) throws -> Node {
            var node = node
            var levels = 0
            while let scalar = next {
                let (low, high): (Int, Int?)
                switch scalar {
                case "*": (low, high) = (0, nil)
                case "+": (low, high) = (1, nil)
                case "?": (low, high) = (0, 1)
                case "{":
                    guard let range = counts() else { return node }
                    (low, high) = range
                    guard low <= 1000, (high ?? low) <= 1000, (high ?? low) >= low else {
                        throw SQLPattern.invalid("invalid repetition")
                    }
                    index -= 1
                default: return node
                }
                index += 1
                levels += 1
                guard levels < 10 else { throw SQLPattern.invalid("too deep") }
                node = .repeated(node, low, high, isGreedy: !takes("?"))
            }
            return node
        }

        /// Reads `{2}`, `{2,}` or `{2,5}`. For anything else it returns nil and takes nothing.
        private mutating func counts() -> (Int, Int?)? {
            let text = pattern[(index + 1)...].prefix { $0 != "}" }.prefix(12)
            guard index + 1 + text.count < pattern.count else { return nil }
            let parts = String(String.UnicodeScalarView(text)).split(
                separator: ",", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let low = Int(parts[0]), low >= 0 else {
                return nil
            }
            let high = parts.count == 1 ? low : Int(parts[1])
            if parts.count == 2, high == nil, !parts[1].isEmpty { return nil }
            index += text.count + 2
            return (low, high)
        }

        private mutating func atom(depth: Int) throws -> Node {
            guard let scalar = next else { return .empty }
            index += 1
            switch scalar {
            case ".": return .step(.any)
            case "^": return .step(.start)
            case "$": return .step(.end)
            case "[": return .step(try set())
            case "(":
                var number: Int?
                if takes("?") {
                    guard takes(":") else { throw SQLPattern.invalid("unrecognized flag") }
                } else {
                    number = groupCount
                    groupCount += 1
                    guard groupCount < 100 else { throw SQLPattern.invalid("too many groups") }
                }
                let inner = try alternatives(depth: depth + 1)
                guard takes(")") else { throw SQLPattern.invalid("unclosed group") }
                return number.map { .group(inner, $0) } ?? inner
            case "*", "+", "?": throw SQLPattern.invalid("repetition operator missing expression")
            case "\\": return .step(try escape())
            default: return .step(.scalar(scalar.value))
            }
        }

        private mutating func escape() throws -> Step {
            guard let scalar = next else { throw SQLPattern.invalid("incomplete escape sequence") }
            index += 1
            switch scalar {
            case "b": return .boundary(true)
            case "B": return .boundary(false)
            case "A": return .start
            case "z": return .end
            default: break
            }
            if let ranges = Self.classes(scalar) {
                return .set(ranges, isNegated: Self.isUpper(scalar))
            }
            return .scalar(Self.control(scalar).value)
        }

        private static func isUpper(_ scalar: Unicode.Scalar) -> Bool {
            ("A"..."Z").contains(scalar)
        }

        private static func control(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
            switch scalar {
            case "n": "\n"
            case "r": "\r"
            case "t": "\t"
            default: scalar
            }
        }

        private static func classes(_ scalar: Unicode.Scalar) -> [ClosedRange<UInt32>]? {
            switch scalar {
            case "d", "D": [48...57]
            case "w", "W":
                [48...57, 65...90, 95...95, 97...122, 0xAA...0xAA, 0xB5...0xB5, 0xC0...0x24F]
            case "s", "S": [9...13, 32...32, 0x85...0x85, 0xA0...0xA0]
            default: nil
            }
        }

        private mutating func set() throws -> Step {
            let isNegated = takes("^")
            var ranges: [ClosedRange<UInt32>] = []
            var isFirst = true
            while let scalar = next, scalar != "]" || isFirst {
                isFirst = false
                index += 1
                guard let low = try member(scalar, &ranges) else { continue }
                guard next == "-", index + 1 < pattern.count, pattern[index + 1] != "]" else {
                    ranges.append(low.value...low.value)
                    continue
                }
                index += 1
                let last = pattern[index]
                index += 1
                guard let high = try member(last, &ranges), high >= low else {
                    throw SQLPattern.invalid("invalid character class range")
                }
                ranges.append(low.value...high.value)
            }
            guard takes("]") else { throw SQLPattern.invalid("unclosed character class") }
            return .set(ranges, isNegated: isNegated)
        }

        private mutating func member(
            _ scalar: Unicode.Scalar, _ ranges: inout [ClosedRange<UInt32>]
        ) throws -> Unicode.Scalar? {
            guard scalar == "\\" else { return scalar }
            guard let escaped = next else { throw SQLPattern.invalid("incomplete escape sequence") }
            index += 1
            guard let known = Self.classes(escaped) else { return Self.control(escaped) }
            guard !Self.isUpper(escaped) else {
                throw SQLPattern.invalid("a negated class in a class")
            }
            ranges += known
            return nil
        }
    }

    // MARK: The tree as steps

    private mutating func add(_ step: Step) throws {
        steps.append(step)
        guard steps.count <= Self.sizeLimit else { throw Self.invalid("the pattern is too large") }
    }

    private mutating func add(_ node: Node) throws {
        // Nodes that add no step are counted as well: an empty one, repeated a thousand times a
        // thousand times, also takes time.
        nodeCount += 1
        guard nodeCount <= Self.sizeLimit * 4 else {
            throw Self.invalid("the pattern is too large")
        }
        switch node {
        case .empty: break
        case .step(let step): try add(step)
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .group(let node, let number):
            try add(.save(number * 2))
            try add(node)
            try add(.save(number * 2 + 1))
        case .either(let branches):
            var ends: [Int] = []
            for (index, branch) in branches.enumerated() {
                guard index < branches.count - 1 else {
                    try add(branch)
                    break
                }
                let split = steps.count
                try add(.match)
                try add(branch)
                ends.append(steps.count)
                try add(.match)
                steps[split] = .split(split + 1, steps.count)
            }
            for end in ends { steps[end] = .jump(steps.count) }
        case .repeated(let node, let low, let high, let isGreedy):
            for _ in 0..<low { try add(node) }
            if let high {
                var splits: [Int] = []
                for _ in low..<max(high, low) {
                    splits.append(steps.count)
                    try add(.match)
                    try add(node)
                }
                for split in splits { fork(split, isGreedy, past: steps.count) }
            } else {
                let split = steps.count
                try add(.match)
                try add(node)
                try add(.jump(split))
                fork(split, isGreedy, past: steps.count)
            }
        }
    }

    private mutating func fork(_ split: Int, _ isGreedy: Bool, past end: Int) {
        steps[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1)
    }

    // MARK: Matching

    /// Returns the ranges of the first match and its groups as pairs of offsets; -1 for a group
    /// that did not take part.
    func firstMatch(
        in text: [UInt32], from start: Int = 0, _ budget: QueryBudget
    ) throws -> [Int]? {
        var threads = Threads(size: steps.count)
        var next = Threads(size: steps.count)
        var found: [Int]?
        let blank = [Int](repeating: -1, count: groupCount * 2)
        for index in start...text.count {
            if found == nil { follow(0, blank, index, text, &threads) }
            if threads.list.isEmpty { break }
            try budget.work(threads.touched.count)
            next.clear()
            for (place, places) in threads.list {
                if case .match = steps[place] {
                    found = places
                    break
                }
                if index < text.count, takes(steps[place], text[index]) {
                    follow(place + 1, places, index + 1, text, &next)
                }
            }
            swap(&threads, &next)
        }
        return found
    }

    private struct Threads {
        var list: [(Int, [Int])] = []
        var touched: [Int] = []
        var isIn: [Bool]

        init(size: Int) { isIn = [Bool](repeating: false, count: size) }

        mutating func clear() {
            list.removeAll(keepingCapacity: true)
            for index in touched { isIn[index] = false }
            touched.removeAll(keepingCapacity: true)
        }
    }

    /// Follows all steps that take no character, in the order of their precedence.
    private func follow(
        _ first: Int, _ places: [Int], _ index: Int, _ text: [UInt32], _ threads: inout Threads
    ) {
        var pending = [(first, places)]
        while let (step, places) = pending.popLast() {
            guard !threads.isIn[step] else { continue }
            threads.isIn[step] = true
            threads.touched.append(step)
            switch steps[step] {
            case .jump(let target): pending.append((target, places))
            case .split(let first, let second):
                pending.append((second, places))
                pending.append((first, places))
            case .save(let slot):
                var places = places
                places[slot] = index
                pending.append((step + 1, places))
            case .start: if index == 0 { pending.append((step + 1, places)) }
            case .end: if index == text.count { pending.append((step + 1, places)) }
            case .boundary(let wanted):
                let before = index > 0 && Self.isWord(text[index - 1])
                let after = index < text.count && Self.isWord(text[index])
                if (before != after) == wanted { pending.append((step + 1, places)) }
            case .scalar, .any, .set, .match: threads.list.append((step, places))
            }
        }
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        (48...57).contains(scalar) || (65...90).contains(scalar) || (97...122).contains(scalar)
            || scalar == 95 || scalar >= 0xC0
    }

    private func takes(_ step: Step, _ scalar: UInt32) -> Bool {
        switch step {
        case .scalar(let own):
            return own == scalar || ignoresCase && Self.folded(own) == Self.folded(scalar)
        case .any: return scalar != 10
        case .set(let ranges, let isNegated):
            var isIn = ranges.contains { $0.contains(scalar) }
            if !isIn, ignoresCase {
                let other = Self.folded(scalar)
                let upper = (97...122).contains(other) ? other - 32 : other
                isIn = ranges.contains { $0.contains(other) || $0.contains(upper) }
            }
            return isIn != isNegated
        default: return false
        }
    }

    private static func folded(_ scalar: UInt32) -> UInt32 {
        (65...90).contains(scalar) || (0xC0...0xDE).contains(scalar) ? scalar + 32 : scalar
    }
}
