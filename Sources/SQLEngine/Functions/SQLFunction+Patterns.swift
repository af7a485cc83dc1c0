/// The functions of regular expressions.
extension SQLFunction {
    static let patterns: [String: SQLFunction] = [
        "regexp_like": SQLFunction([.text], 2...3) { binder, _ in
            let (cache, budget) = (SQLPatternCache(), binder.budget)
            return (
                .boolean,
                { values in
                    let pattern = try cache.pattern(values.text(1), flags(values, 2))
                    let text = try SQLText.scalars(values.text(0), budget)
                    return .boolean(try pattern.firstMatch(in: text, budget) != nil)
                }
            )
        },
        "regexp_match": SQLFunction([.text], 2...3) { binder, _ in
            let (cache, budget) = (SQLPatternCache(), binder.budget)
            return (
                .list(.utf8),
                { values in
                    let pattern = try cache.pattern(values.text(1), flags(values, 2))
                    let text = try SQLText.scalars(values.text(0), budget)
                    guard let match = try pattern.firstMatch(in: text, budget) else { return .null }
                    let groups = pattern.groupCount > 1 ? 1..<pattern.groupCount : 0..<1
                    return .list(groups.map { group(match, $0, text) })
                }
            )
        },
        "regexp_count": SQLFunction([.text], 2...2) { binder, _ in
            let (cache, budget) = (SQLPatternCache(), binder.budget)
            return (
                .int64,
                { values in
                    let pattern = try cache.pattern(values.text(1), "")
                    let text = try SQLText.scalars(values.text(0), budget)
                    return .integer(Int64(try matches(pattern, text, all: true, budget).count))
                }
            )
        },
        "regexp_replace": SQLFunction([.text], 3...4) { binder, _ in
            let (cache, budget) = (SQLPatternCache(), binder.budget)
            return (
                .utf8,
                { values in
                    let flags = flags(values, 3)
                    let pattern = try cache.pattern(values.text(1), flags)
                    let text = try SQLText.scalars(values.text(0), budget)
                    let other = Array(values.text(2).unicodeScalars)
                    var result: [UInt32] = []
                    var start = 0
                    for match in try matches(pattern, text, all: flags.contains("g"), budget) {
                        result += text[start..<match[0]]
                        replace(match, text, other, &result)
                        start = match[1]
                        guard result.count <= budget.limits.value else { break }
                    }
                    try budget.made(result.count + text.count - start)
                    return .text(SQLText.text(result + text[start...]))
                }
            )
        },
    ]

    static func flags(_ values: [SQLValue], _ index: Int) -> String {
        index < values.count ? values.text(index) : ""
    }

    static func group(_ match: [Int], _ number: Int, _ text: [UInt32]) -> SQLValue {
        let (start, end) = (match[number * 2], match[number * 2 + 1])
        return start < 0 || end < start ? .null : .text(SQLText.text(text[start..<end]))
    }

    /// Returns the first match, or all matches that do not overlap. After an empty match the search
    /// goes on one character later.
    static func matches(
        _ pattern: SQLPattern, _ text: [UInt32], all: Bool, _ budget: QueryBudget
    ) throws -> [[Int]] {
        var matches: [[Int]] = []
        var start = 0
        while start <= text.count,
            let match = try pattern.firstMatch(in: text, from: start, budget)
        {
            matches.append(match)
            try budget.hold(64)
            guard all else { break }
            start = match[1] > match[0] ? match[1] : match[1] + 1
        }
        return matches
    }

    /// Appends the replacement of a match, in which `\1` and `$1` mean the groups.
    static func replace(
        _ match: [Int], _ text: [UInt32], _ other: [Unicode.Scalar], _ result: inout [UInt32]
    ) {
        var index = 0
        while index < other.count {
            let scalar = other[index]
            index += 1
            if scalar == "\\" || scalar == "$", index < other.count,
                let number = Int(String(other[index]))
            {
                index += 1
                let place = number * 2
                if place + 1 < match.count, match[place] >= 0, match[place + 1] >= match[place] {
                    result += text[match[place]..<match[place + 1]]
                }
            } else {
                result.append(scalar.value)
            }
        }
    }
}
