extension JSON {
    /// Returns the names under which a type decodes its stored properties, in the order of
    /// decoding.
    ///
    /// It returns nil for a type that does not decode one property after the other, because the
    /// list would be incomplete.
    package static func members<T: Decodable>(of type: T.Type) -> [String]? {
        let recorder = JSONSchemaRecorder()
        guard case .type(let identity) = recorder.shape(of: type),
            case .object(let fields) = recorder.walkedShape(of: identity),
            // The type has decoded all its members.
            (try? recorder.placeholder(type)) != nil
        else { return nil }
        return fields.map(\.name)
    }
}
