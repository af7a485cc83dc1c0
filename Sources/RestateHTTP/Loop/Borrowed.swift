/// A reference without a retain, to an object that its owner keeps alive for longer than this.
///
/// A small exchange would pay for a retain and a release at each of a dozen steps. The unsafe name of the
/// standard library stands here only; each use says who the owner is.
struct Borrowed<Object: AnyObject> {
    private let reference: Unmanaged<Object>

    @inline(__always)
    init(_ object: Object) { reference = .passUnretained(object) }

    /// What a C library was given and gives back.
    @inline(__always)
    init(_ pointer: UnsafeMutableRawPointer) { reference = .fromOpaque(pointer) }

    /// For a C library to keep.
    @inline(__always)
    var pointer: UnsafeMutableRawPointer { reference.toOpaque() }

    /// The object, retained.
    @inline(__always)
    var object: Object { reference.takeUnretainedValue() }

    @inline(__always)
    func use<Result>(_ body: (Object) -> Result) -> Result {
        reference._withUnsafeGuaranteedRef(body)
    }
}
