/// A hook that did not do what hooks must: the attempt fails with this sentence.
struct HookError: Error, CustomStringConvertible {
    let description: String

    init(_ hooks: any InvocationHooks, _ method: String, _ problem: String) {
        description =
            "The hook \(type(of: hooks)).\(method) \(problem). It must call 'next' exactly once, or "
            + "throw without calling it."
    }
}
