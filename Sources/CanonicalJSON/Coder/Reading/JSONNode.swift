/// A value or a key of a scanned text.
///
/// The nodes of a text form one array, in the order of the text: an array is followed by its
/// elements, and an object by key, value, key, value. `next` skips everything inside.
struct JSONNode: BitwiseCopyable {
    enum Kind: UInt8 { case null, `true`, `false`, number, string, array, object }

    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// The string contains backslashes, or the object has a key that does.
        static let isEscaped = Flags(rawValue: 1)
        static let isNonASCII = Flags(rawValue: 2)
        /// The number has no fraction and no exponent.
        static let isInteger = Flags(rawValue: 4)
    }

    /// The position of the first byte. For a string it is the byte after the quote.
    var offset: UInt32
    /// Counts the bytes of a string or number, the elements of an array, or the members of an
    /// object.
    var length: UInt32
    var next: UInt32
    /// Refers to the key index of a large object, counted from 1; 0 if it has none.
    var keyIndex: UInt32 = 0
    var kind: Kind
    var flags: Flags
}

extension JSONNode.Kind {
    /// The name of the kind in error messages.
    var name: String {
        switch self {
        case .null: "null"
        case .true, .false: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
