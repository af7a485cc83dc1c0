/// Binds operators: comparisons, texts, patterns, arithmetic on numbers and times.
extension SQLBinder {
    func binary(_ name: String, _ left: SQLBound, _ right: SQLBound) throws -> SQLBound {
        switch name {
        case "=", "!=", "<", ">", "<=", ">=": return try comparison(name, left, right)
        case "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
            let type = try common(left.type, right.type, name)
            let (a, b) = (try cast(left, to: type).value, try cast(right, to: type).value)
            let isNegated = name == "IS NOT DISTINCT FROM"
            return over(
                [left, right], "\(left.name) \(name) \(right.name)", .boolean, nullable: false
            ) {
                let (a, b) = (try a($0), try b($0))
                let isSame = a.isNull == b.isNull && a == b
                return .boolean(isSame == isNegated)
            }
        case "||": return try concatenation(left, right)
        case "~", "~*", "!~", "!~*": return try match(name, left, right)
        case "->", "->>":
            let call = name == "->" ? "json_get" : "json_as_text"
            return try function(call, [left, right], named: "\(left.name) \(name) \(right.name)")
        case "@>": return try function("array_has_all", [left, right])
        case "<@": return try function("array_has_all", [right, left])
        default: return try arithmetic(name, left, right)
        }
    }

    func comparison(_ name: String, _ left: SQLBound, _ right: SQLBound) throws -> SQLBound {
        let type = try common(left.type, right.type, name)
        let (a, b) = (try cast(left, to: type).value, try cast(right, to: type).value)
        let holds: (Int) -> Bool =
            switch name {
            case "=": { $0 == 0 }
            case "!=": { $0 != 0 }
            case "<": { $0 < 0 }
            case ">": { $0 > 0 }
            case "<=": { $0 <= 0 }
            default: { $0 >= 0 }
            }
        return over([left, right], "\(left.name) \(name) \(right.name)", .boolean) { frame in
            let a = try a(frame)
            if a.isNull { return .null }
            let b = try b(frame)
            return b.isNull ? .null : .boolean(holds(a.order(b)))
        }
    }

    // MARK: Texts

    func concatenation(_ left: SQLBound, _ right: SQLBound) throws -> SQLBound {
        let name = "\(left.name) || \(right.name)"
        let budget = budget
        if left.type.element != nil || right.type.element != nil {
            guard let type = left.type.common(with: right.type) else {
                throw QueryError.planning("Lists of different types cannot be joined")
            }
            let (a, b) = (try cast(left, to: type).value, try cast(right, to: type).value)
            return over([left, right], name, type) { frame in
                guard case .list(let a) = try a(frame), case .list(let b) = try b(frame) else {
                    return .null
                }
                let list = SQLValue.list(a + b)
                try budget.made(list.size)
                return list
            }
        }
        let isLarge = left.type == .largeUtf8 || right.type == .largeUtf8
        let type: SQLType = isLarge ? .largeUtf8 : .utf8
        let (a, b) = (try cast(left, to: type).value, try cast(right, to: type).value)
        return over([left, right], name, type) { frame in
            guard case .text(let a) = try a(frame), case .text(let b) = try b(frame) else {
                return .null
            }
            try budget.made(a.utf8.count + b.utf8.count)
            return .text(a + b)
        }
    }

    /// Binds `LIKE`, in whose pattern `%` matches any text and `_` any character.
    func like(_ operand: SQLBound, _ pattern: SQLBound, _ like: SQLLike) throws -> SQLBound {
        for side in [operand, pattern] where !side.type.isText && side.type != .null {
            throw QueryError.planning(
                "There isn't a common type to coerce \(operand.type.name) and \(pattern.type.name) "
                    + "in LIKE expression")
        }
        let (text, wanted) = (operand.value, pattern.value)
        let budget = budget
        let word = like.ignoresCase ? "ILIKE" : "LIKE"
        let name =
            "\(operand.name)\(like.isNegated ? " NOT" : "") \(word) \(pattern.name)"
            + (like.escape.map { " CHAR '\($0)'" } ?? "")
        return over([operand, pattern], name, .boolean) { frame in
            guard case .text(let text) = try text(frame), case .text(let wanted) = try wanted(frame)
            else { return .null }
            let matches = try SQLText.matches(text, wanted, like, budget)
            return .boolean(matches != like.isNegated)
        }
    }

    func match(_ name: String, _ left: SQLBound, _ right: SQLBound) throws -> SQLBound {
        for side in [left, right] where !side.type.isText && side.type != .null {
            throw QueryError.planning(
                "Cannot infer common argument type for regex operation \(left.type.name) \(name) "
                    + right.type.name)
        }
        let flags = name.hasSuffix("*") ? "i" : ""
        let isNegated = name.hasPrefix("!")
        let (text, pattern) = (left.value, right.value)
        let cache = SQLPatternCache()
        let budget = budget
        return over([left, right], "\(left.name) \(name) \(right.name)", .boolean) { frame in
            guard case .text(let text) = try text(frame),
                case .text(let pattern) = try pattern(frame)
            else { return .null }
            let compiled = try cache.pattern(pattern, flags)
            let found = try compiled.firstMatch(in: SQLText.scalars(text, budget), budget) != nil
            return .boolean(found != isNegated)
        }
    }

    // MARK: Numbers and times

    func arithmetic(
        _ name: String, _ left: SQLBound, _ right: SQLBound
    ) throws -> SQLBound {
        let shown = "\(left.name) \(name) \(right.name)"
        if let timely = try times(name, left, right, shown) { return timely }
        var (left, right) = (left, right)
        // A text operand beside a number is converted to a number.
        if left.type.isText, right.type.isNumber { left = try cast(left, to: right.type) }
        if right.type.isText, left.type.isNumber { right = try cast(right, to: left.type) }
        let isKnown = { (type: SQLType) in type.isNumber || type == .null }
        guard isKnown(left.type), isKnown(right.type), var type = left.type.common(with: right.type)
        else {
            throw QueryError.planning(
                "Cannot coerce arithmetic expression \(left.type.name) \(name) \(right.type.name) "
                    + "to valid types")
        }
        if type == .int32 || type == .uint32 || type == .null { type = .int64 }
        guard ["+", "-", "*", "/", "%", "&", "|", "#", "<<", ">>"].contains(name) else {
            throw QueryError.missing("Unsupported binary operator: \(name)")
        }
        let (a, b) = (left.value, right.value)
        if type == .float64 {
            return over([left, right], shown, type) { frame in
                guard case .real(let a)? = SQLConversion.real(try a(frame)),
                    case .real(let b)? = SQLConversion.real(try b(frame))
                else { return .null }
                return .real(try Self.real(name, a, b))
            }
        }
        let isUnsigned = type == .uint64
        return over([left, right], shown, type) { frame in
            guard let a = Self.bits(try a(frame)), let b = Self.bits(try b(frame)) else {
                return .null
            }
            return isUnsigned
                ? .number(try Self.whole(name, UInt64(bitPattern: a), UInt64(bitPattern: b)))
                : .integer(try Self.whole(name, a, b))
        }
    }

    static func bits(_ value: SQLValue) -> Int64? {
        switch value {
        case .integer(let number): number
        case .unsigned(let number): Int64(bitPattern: number)
        default: nil
        }
    }

    /// Computes with integers. An overflow wraps around, as on the server.
    static func whole<Number: FixedWidthInteger>(
        _ name: String, _ a: Number, _ b: Number
    ) throws -> Number {
        switch name {
        case "+": return a &+ b
        case "-": return a &- b
        case "*": return a &* b
        case "/", "%":
            guard b != 0 else { throw QueryError.arrow("Divide by zero error") }
            if name == "%" { return a.remainderReportingOverflow(dividingBy: b).partialValue }
            let (quotient, overflow) = a.dividedReportingOverflow(by: b)
            guard !overflow else {
                throw QueryError.arrow("Arithmetic overflow: Overflow happened on: \(a) / \(b)")
            }
            return quotient
        case "&": return a & b
        case "|": return a | b
        case "#": return a ^ b
        case "<<": return a &<< b
        default: return a &>> b
        }
    }

    static func real(_ name: String, _ a: Double, _ b: Double) throws -> Double {
        switch name {
        case "+": return a + b
        case "-": return a - b
        case "*": return a * b
        case "/": return a / b
        case "%": return a.truncatingRemainder(dividingBy: b)
        default: throw QueryError.planning("Data type Float64 not supported for bitwise operations")
        }
    }

    /// Binds arithmetic on moments, durations and intervals. Returns nil if no operand is one.
    func times(
        _ name: String, _ left: SQLBound, _ right: SQLBound, _ shown: String
    ) throws -> SQLBound? {
        let isSpan = { (type: SQLType) in type == .interval || type.isDuration }
        guard left.type.isMoment || right.type.isMoment || isSpan(left.type) || isSpan(right.type)
        else { return nil }
        let sign: Int64 = name == "-" ? -1 : 1
        var (left, right) = (left, right)
        if name == "+", isSpan(left.type), right.type.isMoment { swap(&left, &right) }
        let both = [left, right]
        let (a, b) = (left.value, right.value)
        let overflow = QueryError.arrow("Arithmetic overflow: a moment is too far away")
        if left.type.isMoment, isSpan(right.type), name == "+" || name == "-" {
            let isDate = left.type == .date
            return over(both, shown, left.type) { frame in
                let start = try a(frame)
                let span = try SQLConversion.convert(
                    try b(frame), from: right.type, to: .interval)
                guard case .interval(let interval) = span else { return .null }
                guard
                    case .moment(let moment) = try SQLConversion.convert(
                        start, from: left.type, to: .timestamp(.nanoseconds, zoned: false))
                else { return .null }
                guard let sum = SQLTime.sum(moment, interval, sign: sign) else { throw overflow }
                return isDate
                    ? .date(SQLTime.divided(sum, by: SQLTime.day).quotient) : .moment(sum)
            }
        }
        if name == "-", left.type.isMoment || right.type.isMoment,
            let type = left.type.common(with: right.type), type.isMoment
        {
            let (a, b) = (try cast(left, to: type).value, try cast(right, to: type).value)
            let unit: SQLType.Unit =
                left.type == right.type && left.type == .timestamp(.milliseconds, zoned: true)
                ? .milliseconds : .nanoseconds
            return over(both, shown, .duration(unit)) { frame in
                switch (try a(frame), try b(frame)) {
                case (.moment(let a), .moment(let b)):
                    let (span, isTooFar) = a.subtractingReportingOverflow(b)
                    guard !isTooFar else { throw overflow }
                    return .duration(span)
                case (.date(let a), .date(let b)): return .duration((a - b) &* SQLTime.day)
                default: return .null
                }
            }
        }
        if name == "+" || name == "-", isSpan(left.type), isSpan(right.type) {
            let type: SQLType =
                left.type.isDuration && right.type.isDuration ? .duration(.nanoseconds) : .interval
            let (a, b) = (try cast(left, to: type).value, try cast(right, to: type).value)
            return over(both, shown, type) { frame in
                switch (try a(frame), try b(frame)) {
                case (.interval(let a), .interval(let b)):
                    .interval(
                        SQLInterval(
                            months: a.months &+ b.months &* sign, days: a.days &+ b.days &* sign,
                            nanoseconds: a.nanoseconds &+ b.nanoseconds &* sign))
                case (.duration(let a), .duration(let b)): .duration(a &+ b &* sign)
                default: .null
                }
            }
        }
        throw QueryError.planning(
            "Cannot coerce arithmetic expression \(left.type.name) \(name) \(right.type.name) "
                + "to valid types")
    }
}

/// Keeps the last pattern compiled, because most queries have one pattern for all rows.
final class SQLPatternCache {
    private var last: (text: String, flags: String, pattern: SQLPattern)?

    func pattern(_ text: String, _ flags: String) throws -> SQLPattern {
        if let last, last.flags == flags, last.text.utf8.elementsEqual(text.utf8) {
            return last.pattern
        }
        let pattern = try SQLPattern(text, flags: flags)
        last = (text, flags, pattern)
        return pattern
    }
}

/// Searches in texts in time that is linear in their length.
enum SQLText {
    static func scalars(_ text: String, _ budget: QueryBudget) throws -> [UInt32] {
        try budget.work(text.utf8.count / 16)
        return text.unicodeScalars.map(\.value)
    }

    static func text(_ scalars: some Sequence<UInt32>) -> String {
        var view = String.UnicodeScalarView()
        for scalar in scalars { view.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        return String(view)
    }

    /// Matches a `LIKE` pattern. On a mismatch it returns to the last `%` and tries one character
    /// later.
    static func matches(
        _ text: String, _ pattern: String, _ like: SQLLike, _ budget: QueryBudget
    ) throws -> Bool {
        let text = Array((like.ignoresCase ? text.lowercased() : text).unicodeScalars)
        let wanted = Array((like.ignoresCase ? pattern.lowercased() : pattern).unicodeScalars)
        let escape = like.escape?.unicodeScalars.first ?? "\\"
        var (place, index) = (0, 0)
        var retry: (place: Int, index: Int)?
        while index < text.count {
            try budget.work()
            if place < wanted.count {
                let sign = wanted[place]
                if sign == "%" {
                    retry = (place, index)
                    place += 1
                    continue
                }
                if sign == escape, place + 1 < wanted.count, wanted[place + 1] == text[index] {
                    place += 2
                    index += 1
                    continue
                }
                if sign == "_" || sign == text[index] && sign != escape {
                    place += 1
                    index += 1
                    continue
                }
            }
            guard let last = retry else { return false }
            retry = (last.place, last.index + 1)
            place = last.place + 1
            index = last.index + 1
        }
        return wanted[place...].allSatisfy { $0 == "%" }
    }

    /// Returns where a part begins in a text, by the algorithm of Knuth, Morris and Pratt.
    static func find(
        _ part: [UInt8], in text: [UInt8], from start: Int = 0, _ budget: QueryBudget
    ) throws -> Int? {
        guard let first = part.first else { return start }
        guard part.count <= text.count - start else { return nil }
        try budget.work((text.count - start) / 16 + part.count / 16)
        if part.count == 1 { return text[start...].firstIndex(of: first) }
        var fallback = [0]
        fallback.reserveCapacity(part.count)
        var length = 0
        for index in 1..<part.count {
            while length > 0, part[index] != part[length] { length = fallback[length - 1] }
            if part[index] == part[length] { length += 1 }
            fallback.append(length)
        }
        length = 0
        for index in start..<text.count {
            while length > 0, text[index] != part[length] { length = fallback[length - 1] }
            if text[index] == part[length] { length += 1 }
            if length == part.count { return index - part.count + 1 }
        }
        return nil
    }
}
