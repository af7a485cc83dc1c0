extension JSON {
    /// Returns the names under which a type decodes its stored properties, in the order of
    /// decoding.
    ///
    /// It returns nil for a type that does not decode one property after the other, because the
    /// list would be incomplete.
    /// - Throws: an error that names the member's type, if it is one that has no JSON.
    package static func members<T: Decodable>(of type: T.Type) throws -> [String]? {
        let recorder = JSONSchemaRecorder()
        guard case .type(let identity) = recorder.shape(of: type),
            case .object(let fields) = recorder.walkedShape(of: identity),
            // The type has decoded all its members.
            (try? recorder.placeholder(type)) != nil
        else {
            if let refusal = recorder.refusal { throw refusal }
            return nil
        }
        return fields.map(\.name)
    }
}
