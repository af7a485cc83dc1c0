extension JSON {
    /// The names under which a type reads its stored properties, in the order in which it asks for them.
    ///
    /// Nil for a type that does not read one property after the other: not all of its names would be
    /// known.
    package static func members<T: Decodable>(of type: T.Type) -> [String]? {
        let recorder = JSONSchemaRecorder()
        guard case .type(let identity) = recorder.shape(of: type),
            case .object(let fields) = recorder.walkedShape(of: identity),
            // It asked until its end.
            (try? recorder.placeholder(type)) != nil
        else { return nil }
        return fields.map(\.name)
    }
}
