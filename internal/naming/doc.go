// Package naming computes the forms by which names are compared: their look, and their search key.
// Both stores save these forms and compare them by their bytes, so that they give the same answers.
// A change of either form makes the saved ones stale: see TestStoredFormsStayTheSame.
package naming
