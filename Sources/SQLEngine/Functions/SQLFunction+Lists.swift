/// The functions of lists.
extension SQLFunction {
    /// Makes a function of a list and a value, which is converted to the type of the list's
    /// elements.
    static func withElement(
        _ result: @escaping @Sendable (SQLType) -> SQLType,
        _ body: @escaping @Sendable ([SQLValue], SQLValue, QueryBudget) throws -> SQLValue
    ) -> SQLFunction {
        SQLFunction([.list, .any]) { binder, arguments in
            let (list, value) = (arguments[0].type, arguments[1].type)
            let element = try binder.common(list.element ?? .null, value, "array_has")
            let budget = binder.budget
            return (
                result(.list(element)),
                { values in
                    let own = try SQLConversion.convert(values[0], from: list, to: .list(element))
                    let other = try SQLConversion.convert(values[1], from: value, to: element)
                    guard case .list(let elements) = own else { return .null }
                    try budget.work(elements.count)
                    return try body(elements, other, budget)
                }
            )
        }
    }

    /// Makes a list and counts its size against the query's budget.
    static func made(_ values: [SQLValue], _ budget: QueryBudget) throws -> SQLValue {
        let list = SQLValue.list(values)
        try budget.made(list.size)
        return list
    }

    /// Makes a function whose result has the type of its list.
    static func same(
        _ body: @escaping @Sendable ([SQLValue], QueryBudget) throws -> SQLValue
    ) -> SQLFunction {
        SQLFunction([.list]) { binder, arguments in
            let budget = binder.budget
            return (
                arguments[0].type,
                { values in
                    try budget.work(values.list(0).count)
                    return try body(values.list(0), budget)
                }
            )
        }
    }

    /// Makes a test of two lists as sets.
    static func both(_ body: @escaping @Sendable (Set<SQLValue>, Set<SQLValue>) -> Bool)
        -> SQLFunction
    {
        SQLFunction([.list], 2...2) { binder, arguments in
            let types = arguments.map(\.type)
            guard let type = types[0].common(with: types[1]) else {
                throw QueryError.planning("Lists of different types cannot be compared")
            }
            let budget = binder.budget
            return (
                .boolean,
                { values in
                    let lists = try zip(values, types).map {
                        try SQLConversion.convert($0, from: $1, to: type)
                    }
                    try budget.work(lists.list(0).count + lists.list(1).count)
                    return .boolean(body(Set(lists.list(0)), Set(lists.list(1))))
                }
            )
        }
    }

    static let lists: [String: SQLFunction] = [
        "make_array": SQLFunction([.any], 0...Int.max, takesNulls: true) { binder, arguments in
            var type = SQLType.null
            for argument in arguments {
                type = try binder.common(type, argument.type, "make_array")
            }
            let element = type == .null ? SQLType.int64 : type
            let (sources, budget) = (arguments.map(\.type), binder.budget)
            return (
                .list(element),
                { values in
                    try made(
                        try zip(values, sources).map {
                            try SQLConversion.convert($0, from: $1, to: element)
                        },
                        budget)
                }
            )
        },
        "array_has": withElement({ _ in .boolean }) { elements, value, _ in
            .boolean(elements.contains(value))
        },
        "array_has_all": both { $0.isSuperset(of: $1) },
        "array_has_any": both { !$0.isDisjoint(with: $1) },
        "array_length": SQLFunction([.list, .integer], .uint64, 1...2) { values, _ in
            .integer(Int64(values.list(0).count))
        },
        "cardinality": SQLFunction([.list], .uint64) { values, _ in
            .integer(Int64(values.list(0).count))
        },
        "empty": SQLFunction([.list], .boolean) { values, _ in .boolean(values.list(0).isEmpty) },
        "array_element": SQLFunction([.list, .integer]) { _, arguments in
            (
                arguments[0].type.element ?? .null,
                { values in
                    let (elements, place) = (values.list(0), values.integer(1))
                    let index =
                        place < 0 ? Int(clamping: place) + elements.count : Int(clamping: place) - 1
                    return elements.indices.contains(index) ? elements[index] : .null
                }
            )
        },
        "array_position": withElement({ _ in .uint64 }) { elements, value, _ in
            elements.firstIndex(of: value).map { .integer(Int64($0 + 1)) } ?? .null
        },
        "array_append": withElement({ $0 }) { elements, value, budget in
            try made(elements + [value], budget)
        },
        "array_remove": withElement({ $0 }) { elements, value, budget in
            var elements = elements
            if let index = elements.firstIndex(of: value) { elements.remove(at: index) }
            return try made(elements, budget)
        },
        "array_prepend": SQLFunction([.any, .list]) { binder, arguments in
            let element = try binder.common(
                arguments[1].type.element ?? .null, arguments[0].type, "array_prepend")
            let budget = binder.budget
            return (
                .list(element),
                { values in
                    let own = try SQLConversion.convert(
                        values[0], from: arguments[0].type, to: element)
                    return try made([own] + values.list(1), budget)
                }
            )
        },
        "array_concat": SQLFunction([.list], 1...Int.max) { binder, arguments in
            var type = arguments[0].type
            for argument in arguments {
                type = try binder.common(type, argument.type, "array_concat")
            }
            let budget = binder.budget
            return (
                type,
                { values in
                    try made(values.indices.flatMap { values.list($0) }, budget)
                }
            )
        },
        "array_distinct": same { elements, budget in
            var seen: Set<SQLValue> = []
            return try made(elements.filter { seen.insert($0).inserted }, budget)
        },
        "array_sort": SQLFunction([.list, .text], 1...3) { binder, arguments in
            let budget = binder.budget
            return (
                arguments[0].type,
                { values in
                    let isDescending = values.count > 1 && values.text(1).uppercased() == "DESC"
                    try budget.work(values.list(0).count * 16)
                    let sorted = values.list(0).sorted { $0.order($1) < 0 }
                    return try made(isDescending ? sorted.reversed() : sorted, budget)
                }
            )
        },
        "array_reverse": same { elements, budget in try made(elements.reversed(), budget) },
        "array_max": SQLFunction([.list]) { _, arguments in
            (
                arguments[0].type.element ?? .null,
                { values in
                    values.list(0).filter { !$0.isNull }.max { $0.order($1) < 0 } ?? .null
                }
            )
        },
        "array_min": SQLFunction([.list]) { _, arguments in
            (
                arguments[0].type.element ?? .null,
                { values in
                    values.list(0).filter { !$0.isNull }.min { $0.order($1) < 0 } ?? .null
                }
            )
        },
        "array_slice": SQLFunction([.list, .integer, .integer]) { _, arguments in
            (
                arguments[0].type,
                { values in
                    let elements = values.list(0)
                    func place(_ number: Int64) -> Int {
                        number < 0
                            ? Int(clamping: number) + elements.count + 1 : Int(clamping: number)
                    }
                    let (first, last) = (
                        max(1, place(values.integer(1))),
                        min(elements.count, place(values.integer(2)))
                    )
                    return .list(first > last ? [] : Array(elements[(first - 1)..<last]))
                }
            )
        },
        "array_to_string": SQLFunction([.list, .text, .text], 2...3) { binder, arguments in
            let element = arguments[0].type.element ?? .null
            let budget = binder.budget
            return (
                .utf8,
                { values in
                    let separator = values.text(1)
                    var text = ""
                    for value in values.list(0) {
                        if value.isNull, values.count < 3 { continue }
                        if !text.isEmpty { text += separator }
                        text +=
                            value.isNull ? values.text(2) : SQLConversion.text(of: value, element)
                        guard text.utf8.count <= budget.limits.value else { break }
                    }
                    try budget.made(text.utf8.count)
                    return .text(text)
                }
            )
        },
        "string_to_array": SQLFunction([.text], .list(.utf8), 2...2) { values, budget in
            .list(try split(values.text(0), by: values.text(1), budget).map(SQLValue.text))
        },
        "range": numberRange(isClosed: false),
        "generate_series": numberRange(isClosed: true),
    ]

    static func numberRange(isClosed: Bool) -> SQLFunction {
        SQLFunction([.integer], .list(.int64), 1...3) { values, budget in
            let isShort = values.count == 1
            let series = try SQLSeries(
                from: isShort ? 0 : values.integer(0), to: values.integer(isShort ? 0 : 1),
                by: values.count == 3 ? values.integer(2) : 1, isClosed: isClosed)
            var list: [SQLValue] = []
            while let number = series.number(list.count) {
                list.append(.integer(number))
                try budget.hold(32)
                guard list.count * 32 <= budget.limits.value else {
                    throw QueryError.bound("a list of more than \(budget.limits.value) bytes")
                }
            }
            return .list(list)
        }
    }
}

/// Numbers at equal distances, computed one by one so that a long series needs no memory.
struct SQLSeries {
    private let start: Int64
    private let end: Int64
    private let step: Int64
    private let isClosed: Bool

    init(from start: Int64, to end: Int64, by step: Int64, isClosed: Bool) throws {
        guard step != 0 else {
            throw QueryError.execution("Step can't be 0 for function generate_series")
        }
        (self.start, self.end, self.step, self.isClosed) = (start, end, step, isClosed)
    }

    /// Returns nil after the last number.
    func number(_ index: Int) -> Int64? {
        let (distance, overflow) = step.multipliedReportingOverflow(by: Int64(index))
        let (number, overflow2) = start.addingReportingOverflow(distance)
        if overflow || overflow2 { return nil }
        if number == end { return isClosed ? number : nil }
        return (number < end) == (step > 0) ? number : nil
    }
}
