/// A scalar function. Queries can call only the listed ones, and none of them reaches beyond its
/// arguments: no files, no network.
struct SQLFunction: Sendable {
    /// The kinds of arguments. The last one listed for a function also holds for all further
    /// arguments.
    enum Argument: Sendable {
        case any, text, integer, number, moment, interval, list, bytes

        var name: String {
            switch self {
            case .any: "Any"
            case .text: "String"
            case .integer: "Int64"
            case .number: "Float64"
            case .moment: "Timestamp(ns)"
            case .interval: "Interval(MonthDayNano)"
            case .list: "List"
            case .bytes: "Binary"
            }
        }

        func takes(_ type: SQLType) -> Bool {
            if type == .null { return true }
            return switch self {
            case .any: true
            case .text: type.isText
            case .integer: type.isInteger
            case .number: type.isNumber
            case .moment: type.isMoment || type.isText || type.isInteger
            case .interval: type == .interval || type.isDuration || type.isText
            case .list: type.element != nil
            case .bytes: type.isBytes || type.isText
            }
        }
    }

    typealias Values = ([SQLValue]) throws -> SQLValue

    var arguments: [Argument]
    var count: ClosedRange<Int>
    /// Whether the function is called with nulls. Otherwise a null argument makes the result null.
    var takesNulls = false
    /// Returns the type of the result and the implementation, for the types of the arguments.
    var make: @Sendable (SQLBinder, [SQLBound]) throws -> (SQLType, Values)

    init(
        _ arguments: [Argument], _ count: ClosedRange<Int>? = nil, takesNulls: Bool = false,
        _ make: @escaping @Sendable (SQLBinder, [SQLBound]) throws -> (SQLType, Values)
    ) {
        self.arguments = arguments
        self.count = count ?? arguments.count...arguments.count
        self.takesNulls = takesNulls
        self.make = make
    }

    /// Makes a function whose result always has the same type.
    init(
        _ arguments: [Argument], _ type: SQLType, _ count: ClosedRange<Int>? = nil,
        takesNulls: Bool = false,
        _ value: @escaping @Sendable ([SQLValue], QueryBudget) throws -> SQLValue
    ) {
        self.init(arguments, count, takesNulls: takesNulls) { binder, _ in
            let budget = binder.budget
            return (type, { try value($0, budget) })
        }
    }

    static let all: [String: SQLFunction] = {
        var all = texts
        for more in [patterns, numbers, times, lists, choices, documents] {
            all.merge(more) { $1 }
        }
        for (other, name) in otherNames { all[other] = all[name] }
        return all
    }()

    static let otherNames = [
        "character_length": "length", "char_length": "length", "substring": "substr",
        "trim": "btrim", "instr": "strpos", "position": "strpos", "pow": "power",
        "ifnull": "nvl", "datetrunc": "date_trunc", "datepart": "date_part",
        "date_format": "to_char", "today": "current_date", "current_timestamp": "now",
        "list_has": "array_has", "array_contains": "array_has", "list_contains": "array_has",
        "list_has_all": "array_has_all", "list_has_any": "array_has_any",
        "arrays_overlap": "array_has_any", "list_length": "array_length",
        "array_join": "array_to_string", "list_to_string": "array_to_string",
        "list_join": "array_to_string", "array_extract": "array_element",
        "list_element": "array_element", "list_extract": "array_element",
        "list_append": "array_append", "array_push_back": "array_append",
        "list_prepend": "array_prepend", "array_push_front": "array_prepend",
        "list_concat": "array_concat", "array_cat": "array_concat", "list_cat": "array_concat",
        "list_distinct": "array_distinct", "list_sort": "array_sort",
        "list_position": "array_position", "array_indexof": "array_position",
        "list_indexof": "array_position", "list_reverse": "array_reverse",
        "list_slice": "array_slice", "make_list": "make_array", "string_to_list": "string_to_array",
        "array_empty": "empty", "list_empty": "empty", "to_timestamp_seconds": "from_unixtime",
    ]
}

extension SQLBinder {
    /// Binds a call of a function to its bound arguments.
    func function(
        _ name: String, _ arguments: [SQLBound], named shown: String? = nil
    ) throws -> SQLBound {
        guard let function = SQLFunction.all[name] else { throw Self.unknownFunction(name) }
        try check(function, name, arguments)
        let (type, value) = try function.make(self, arguments)
        let values = arguments.map(\.value)
        let takesNulls = function.takesNulls
        let called = shown ?? "\(name)(\(arguments.map(\.name).joined(separator: ",")))"
        return over(
            arguments, called, type, nullable: takesNulls || arguments.isEmpty ? false : nil
        ) {
            frame in
            var row: [SQLValue] = []
            row.reserveCapacity(values.count)
            for value in values {
                let value = try value(frame)
                if !takesNulls, value.isNull { return .null }
                row.append(value)
            }
            return try value(row)
        }
    }

    /// Checks number and types of the arguments. The error texts are DataFusion's.
    func check(
        _ function: SQLFunction, _ name: String, _ arguments: [SQLBound]
    ) throws {
        func kind(_ index: Int) -> SQLFunction.Argument {
            function.arguments.isEmpty
                ? .any : function.arguments[min(index, function.arguments.count - 1)]
        }
        let wanted = (0..<max(function.count.lowerBound, 1)).map { kind($0).name }
        let candidates = "\(name)(\(wanted.joined(separator: ", ")))"
        let given = "\(name)(\(arguments.map(\.type.name).joined(separator: ", ")))"
        let rest =
            "No function matches the given name and argument types '\(given)'. You might need to add "
            + "explicit type casts.\n\tCandidate functions:\n\t\(candidates)"
        guard function.count.contains(arguments.count) else {
            throw QueryError.planning(
                arguments.isEmpty
                    ? "'\(name)' does not support zero arguments. \(rest)"
                    : "Function '\(name)' expects \(function.count.lowerBound) arguments but received "
                        + "\(arguments.count). \(rest)")
        }
        for (index, argument) in arguments.enumerated() where !kind(index).takes(argument.type) {
            let type = argument.type.name
            throw QueryError.planning(
                "Function '\(name)' requires \(kind(index).name), but received "
                    + "\(argument.type.isText ? "String" : type) (DataType: \(type)).. \(rest)")
        }
    }

    static func unknownFunction(_ name: String) -> QueryError {
        let known =
            Array(SQLFunction.all.keys) + SQLAggregateFunction.names + SQLWindowFunction.names
        let nearest = known.sorted().min { distance(name, $0) < distance(name, $1) } ?? ""
        return .planning("Invalid function '\(name)'.\nDid you mean '\(nearest)'?", status: 500)
    }

    /// Returns the Levenshtein distance, by which the error for an unknown function proposes a
    /// known one. The first name is cut, because a query chooses its length.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8.prefix(40)), Array(b.utf8))
        var row = Array(0...b.count)
        for (index, letter) in a.enumerated() {
            var corner = row[0]
            row[0] = index + 1
            for (place, other) in b.enumerated() {
                let above = row[place + 1]
                row[place + 1] = min(above + 1, row[place] + 1, corner + (letter == other ? 0 : 1))
                corner = above
            }
        }
        return row[b.count]
    }
}

/// Access to the arguments of a function, whose types were checked. A null is read as an empty
/// value.
extension Array where Element == SQLValue {
    func text(_ index: Int) -> String {
        if case .text(let text) = self[index] { text } else { "" }
    }

    func integer(_ index: Int, or other: Int64 = 0) -> Int64 {
        guard index < count else { return other }
        return switch self[index] {
        case .integer(let number): number
        case .unsigned: .max
        default: other
        }
    }

    func real(_ index: Int) -> Double {
        if case .real(let number)? = SQLConversion.real(self[index]) { number } else { .nan }
    }

    func list(_ index: Int) -> [SQLValue] {
        if case .list(let values) = self[index] { values } else { [] }
    }

    func bytes(_ index: Int) -> [UInt8] {
        switch self[index] {
        case .bytes(let bytes): bytes
        case .text(let text): Array<UInt8>(text.utf8)
        default: []
        }
    }
}
