#if !WithoutFoundation
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension Decimal: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape { leaf("number") }
    static var placeholder: Decimal { 0 }
}

extension Date: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape {
        leaf("string", ["format": "date-time"])
    }
    static var placeholder: Date { Date(timeIntervalSince1970: 0) }
}

extension Data: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape {
        leaf("string", ["contentEncoding": "base64"])
    }
    static var placeholder: Data { Data() }
}

extension UUID: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape {
        leaf("string", ["format": "uuid"])
    }
    static var placeholder: UUID { UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) }
}

extension URL: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape {
        leaf("string", ["format": "uri-reference"])
    }
    static var placeholder: URL { URL(filePath: "/") }
}
#endif
