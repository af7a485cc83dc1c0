/// Finds the shape of a type by running its `init(from:)` on a decoder without data.
///
/// `init(from:)` asks for its fields one after the other, with their types. Each request is
/// answered with a placeholder, so that it continues. A type is walked once, and never within its
/// own walk.
final class JSONSchemaRecorder {
    /// The limit for types within types, because generic types can nest without end.
    private static let maximumDepth = 32
    private static let maximumTypes = 500
    private static let maximumCases = 256

    struct Walk {
        var shape: JSONSchemaShape
        /// An instance of the type, if its `init(from:)` succeeded.
        var instance: Any?
    }

    private var walks: [ObjectIdentifier: Walk] = [:]
    private(set) var names: [ObjectIdentifier: String] = [:]
    private(set) var described: [ObjectIdentifier: any JSONSchemaDescribed.Type] = [:]
    /// Instances of enums with associated values, as soon as one of their cases is known.
    private var instances: [ObjectIdentifier: Any] = [:]
    private var underWay: [ObjectIdentifier] = []
    /// The types that were found within their own walk.
    private(set) var recursive: Set<ObjectIdentifier> = []
    /// Why the first type that has no JSON has none.
    private(set) var refusal: (any Error)?

    struct NoValue: Error {}

    /// Tells whether a type has no JSON, and keeps why the first such type has none.
    func isRefused<T>(_ type: T.Type) -> Bool {
        guard let refusal = JSONTypePlan.refusal(of: type) else { return false }
        self.refusal = self.refusal ?? refusal
        return true
    }

    func shape<T: Decodable>(of type: T.Type) -> JSONSchemaShape {
        if let type = type as? any JSONSchemaProviding.Type {
            return JSONValue(parsing: type.jsonSchema).map { .leaf($0) } ?? .anything
        }
        guard underWay.count < Self.maximumDepth else { return .anything }
        if let known = type as? any JSONSchemaKnown.Type {
            // Counted as a walk, because containers of containers can nest without end, too.
            underWay.append(ObjectIdentifier(type))
            defer { underWay.removeLast() }
            return known.shape(self)
        }
        if isRefused(type) { return .anything }
        if let cases = cases(of: type) { return cases }
        let identity = ObjectIdentifier(type)
        if underWay.contains(identity) {
            recursive.insert(identity)
            return .type(identity)
        }
        switch walk(type).shape {
        case .object, .choice: return .type(identity)
        case let shape: return shape
        }
    }

    /// Returns any value of the type, so that an `init(from:)` continues.
    func placeholder<T: Decodable>(_ type: T.Type) throws -> T {
        if let known = type as? any JSONSchemaKnown.Type, let value = known.placeholder as? T {
            return value
        }
        if let type = type as? any CaseIterable.Type, let value = firstCase(type) as? T {
            return value
        }
        // For an enum none of whose raw values is a placeholder.
        if let first = EnumCases.all(of: type)?.first { return first }
        if let value = instances[ObjectIdentifier(type)] as? T { return value }
        guard !underWay.contains(ObjectIdentifier(type)), underWay.count < Self.maximumDepth,
            let value = walk(type).instance as? T
        else { throw NoValue() }
        return value
    }

    func walkedShape(of type: ObjectIdentifier) -> JSONSchemaShape {
        walks[type]?.shape ?? .anything
    }

    // MARK: Walks

    private func walk<T: Decodable>(_ type: T.Type) -> Walk {
        let identity = ObjectIdentifier(type)
        if let walk = walks[identity] { return walk }
        guard walks.count < Self.maximumTypes else { return Walk(shape: .anything) }
        underWay.append(identity)
        defer { underWay.removeLast() }
        names[identity] = "\(type)"
        described[identity] = type as? any JSONSchemaDescribed.Type
        let record = JSONSchemaRecord()
        var instance: Any? = try? type.init(from: JSONSchemaProbe(recorder: self, record: record))
        if instance == nil, record.scalars.count == 1, record.fields.isEmpty {
            // The type wraps one value. The first walk ended at that value; the second walk
            // supplies one.
            let generous = JSONSchemaRecord()
            generous.givesScalars = true
            instance = try? type.init(from: JSONSchemaProbe(recorder: self, record: generous))
        }
        let shape = choice(type, record) ?? record.shape
        let walk = Walk(shape: shape, instance: instance ?? instances[identity])
        walks[identity] = walk
        return walk
    }

    /// An enum with associated values decodes by the one key that is present. So each key is
    /// offered once.
    private func choice<T: Decodable>(_ type: T.Type, _ first: JSONSchemaRecord) -> JSONSchemaShape?
    {
        guard first.askedForKeys > 0, first.fields.isEmpty else { return nil }
        var cases: [JSONSchemaShape.Field] = []
        for number in 0..<first.askedForKeys {
            let record = JSONSchemaRecord()
            record.givenKey = number
            let value = try? type.init(from: JSONSchemaProbe(recorder: self, record: record))
            if let value, instances[ObjectIdentifier(type)] == nil {
                instances[ObjectIdentifier(type)] = value
            }
            guard record.fields.count == 1, let name = record.fields.first?.name,
                let nested = record.nested[name]
            else { return nil }
            let isEmpty = !nested.isKeyed && !nested.isUnclear
            let shape = isEmpty ? JSONSchemaShape.object([]) : nested.shape
            cases.append(.init(name: name, shape: shape, isRequired: true))
        }
        return .choice(cases)
    }

    /// Returns the raw values of an enum.
    private func cases<T>(of type: T.Type) -> JSONSchemaShape? {
        guard type is any RawRepresentable.Type else { return nil }
        let all: [Any]
        if let listed = type as? any CaseIterable.Type {
            all = allCases(listed)
        } else if let found = EnumCases.all(of: type) {
            all = found
        } else {
            return nil
        }
        var values: [JSONValue] = []
        for value in all {
            guard let value = value as? any RawRepresentable, values.count < Self.maximumCases
            else {
                return nil
            }
            switch value.rawValue {
            case let raw as String: values.append(.string(raw))
            case let raw as any FixedWidthInteger:
                guard let integer = Int(exactly: raw) else { return nil }
                values.append(.integer(integer))
            default: return nil
            }
        }
        guard !values.isEmpty else { return nil }
        return .leaf(.object(["enum": .array(values), "title": .string("\(type)")]))
    }

    private func allCases<E: CaseIterable>(_ type: E.Type) -> [Any] {
        type.allCases.prefix(Self.maximumCases + 1).map(\.self)
    }

    private func firstCase<E: CaseIterable>(_ type: E.Type) -> Any? { type.allCases.first }
}

/// The requests of one `init(from:)`.
final class JSONSchemaRecord {
    var fields: [JSONSchemaShape.Field] = []
    var elements: [JSONSchemaShape] = []
    var scalars: [JSONSchemaShape] = []
    var isKeyed = false
    var isUnkeyed = false
    /// Whether it looked at the data (all keys, nulls) before it decided what to decode, so that
    /// the recorded members are incomplete.
    var isUnclear = false
    var givesScalars = false
    /// The number of keys, if it asked which keys are present and the keys are an enum.
    var askedForKeys = 0
    /// The only key that is present in this walk.
    var givenKey: Int?
    /// The requests in nested containers.
    var nested: [String: JSONSchemaRecord] = [:]

    var shape: JSONSchemaShape {
        let kinds = (isKeyed ? 1 : 0) + (isUnkeyed ? 1 : 0) + (scalars.isEmpty ? 0 : 1)
        guard kinds == 1, !isUnclear else { return .anything }
        if isKeyed { return .object(fields) }
        let shapes = isUnkeyed ? elements : scalars
        let same = shapes.first.flatMap { first in shapes.allSatisfy { $0 == first } ? first : nil }
        if isUnkeyed { return .array(same ?? .anything) }
        // Several scalars were tried in turn, so the value may be any of them.
        return shapes.count == 1 ? same ?? .anything : .anything
    }

    func add(_ name: String, _ shape: JSONSchemaShape, isRequired: Bool) {
        if let index = fields.firstIndex(where: { $0.name == name }) {
            if fields[index].shape != shape { fields[index].shape = .anything }
            fields[index].isRequired = fields[index].isRequired && isRequired
        } else {
            fields.append(.init(name: name, shape: shape, isRequired: isRequired))
        }
    }
}
