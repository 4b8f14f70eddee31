// Package naming computes the forms by which names are compared: what a name looks
// like, and what a search reads. Both stores keep these forms and compare them by
// their bytes, so that they give the same answers. A change of either form makes
// the stored ones stale: see TestTheFormsAreThoseThatDatabasesHold.
package naming
