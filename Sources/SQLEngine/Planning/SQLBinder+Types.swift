/// Binds casts, and expressions whose type follows from their parts: lists, `CASE`, time zones.
extension SQLBinder {
    /// Returns the type in which two values can be compared.
    func common(_ a: SQLType, _ b: SQLType, _ name: String) throws -> SQLType {
        guard let type = a.common(with: b) else {
            throw QueryError.planning(
                "Cannot infer common argument type for comparison operation \(a.name) \(name) \(b.name)"
            )
        }
        return type
    }

    /// Converts an operand. A literal is converted now. The expression's name does not change, as
    /// on the server.
    func cast(_ operand: SQLBound, to type: SQLType, isTry: Bool = false) throws -> SQLBound {
        if operand.type == type { return operand }
        let source = operand.type
        var bound = operand
        bound.type = type
        bound.field = nil
        if isTry { bound.isNullable = true }
        if let literal = operand.literal,
            let converted = try? SQLConversion.convert(
                literal, from: source, to: type, isTry: isTry)
        {
            bound.literal = converted
            bound.value = { _ in converted }
            return bound
        }
        bound.literal = nil
        let value = operand.value
        bound.value = { frame in
            try SQLConversion.convert(try value(frame), from: source, to: type, isTry: isTry)
        }
        return bound
    }

    func array(_ elements: [SQLBound]) throws -> SQLBound {
        var type = SQLType.null
        for element in elements {
            guard let common = type.common(with: element.type) else {
                throw QueryError.planning(
                    "Inconsistent types of a list: \(type.name) and \(element.type.name)")
            }
            type = common
        }
        let values = try elements.map { try cast($0, to: type).value }
        let budget = budget
        let name = "make_array(\(elements.map(\.name).joined(separator: ",")))"
        return over(elements, name, .list(type == .null ? .int64 : type), nullable: false) {
            frame in
            let list = SQLValue.list(try values.map { try $0(frame) })
            try budget.made(list.size)
            return list
        }
    }

    func element(of list: SQLBound, at place: SQLBound) throws -> SQLBound {
        let value = list.value
        let name = "\(list.name)[\(place.name)]"
        if case .structure(let fields) = list.type {
            guard case .text(let field)? = place.literal,
                let index = fields.firstIndex(where: { $0.name == field })
            else { throw QueryError.planning("The struct has no such field") }
            return over([list], name, fields[index].type) { frame in
                if case .members(let members) = try value(frame) { members[index] } else { .null }
            }
        }
        guard let element = list.type.element, place.type.isInteger else {
            throw QueryError.planning("'\(list.type.name)' has no elements")
        }
        let index = place.value
        return over([list, place], name, element, nullable: true) { frame in
            guard case .list(let values) = try value(frame),
                case .integer(let index) = try index(frame)
            else { return .null }
            let place = index < 0 ? Int(clamping: index) + values.count : Int(clamping: index) - 1
            return values.indices.contains(place) ? values[place] : .null
        }
    }

    func atTimeZone(_ operand: SQLBound, _ zone: SQLBound) throws -> SQLBound {
        guard case .text(let name)? = zone.literal,
            ["utc", "z", "+00:00", "gmt", "etc/utc"].contains(name.lowercased())
        else {
            throw QueryError.missing(
                "AT TIME ZONE of other zones than UTC is not part of the local runtime")
        }
        return try cast(operand, to: .timestamp(.nanoseconds, zoned: true))
    }

    func choice(
        _ operand: SQLExpression?, _ cases: [(when: SQLExpression, then: SQLExpression)],
        _ otherwise: SQLExpression?, _ scope: SQLScope
    ) throws -> SQLBound {
        let operand = try operand.map { try bind($0, scope) }
        var name = "CASE" + (operand.map { " \($0.name)" } ?? "")
        var whens: [SQLBound] = []
        var thens: [SQLBound] = []
        for (when, then) in cases {
            let condition = try bind(when, scope)
            thens.append(try bind(then, scope))
            name += " WHEN \(condition.name) THEN \(thens[thens.count - 1].name)"
            whens.append(
                try operand.map { try comparison("=", $0, condition) }
                    ?? cast(condition, to: .boolean))
        }
        let last = try otherwise.map { try bind($0, scope) }
        if let last { name += " ELSE \(last.name)" }
        let results = thens + [last].compactMap { $0 }
        var type = SQLType.null
        for result in results {
            guard let common = type.common(with: result.type) else {
                throw QueryError.planning("The results of CASE have different types")
            }
            type = common
        }
        let conditions = whens.map(\.value)
        let values = try results.map { try cast($0, to: type).value }
        let isNullable = last == nil || results.contains { $0.isNullable }
        return over(whens + results, name + " END", type, nullable: isNullable) { frame in
            for (index, condition) in conditions.enumerated()
            where try condition(frame) == .boolean(true) {
                return try values[index](frame)
            }
            return values.count > conditions.count ? try values[conditions.count](frame) : .null
        }
    }
}
